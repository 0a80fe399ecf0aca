/**
 * Reads an object of an upstream of which a part is not as we know it: what only decorates falls to null by itself, and
 * never costs what else was sent.
 */
import { z } from 'zod';

/** Called with the name of each field that could not be read and is null. */
export type OnUnreadable = (field: string) => void;

type Path = readonly PropertyKey[];

/**
 * Parses; where that fails, leaves out the deepest parts that do not fit, then what contains them, until the rest fits.
 * Fails as the schema does where the part is required, or lies in a field of `evidence`. `onUnreadable` is called with each
 * field that fell to null, once: its path, in names of the schema alone.
 */
export function readTolerantly<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  evidence: readonly string[],
  onUnreadable: OnUnreadable,
): z.ZodSafeParseResult<z.output<Schema>> {
  const asSent = schema.safeParse(value);
  if (asSent.success) return asSent;
  const rest = structuredClone(value);
  const fields = new Set<string>();
  let parsed: z.ZodSafeParseResult<z.output<Schema>> = asSent;
  while (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path);
    if (paths.some(([field]) => field === undefined || evidence.includes(String(field)))) return asSent;
    for (const left of leaveOutAll(rest, paths)) {
      if (left.length === 0) return asSent;
      fields.add(fieldName(schema, left));
    }
    parsed = schema.safeParse(rest);
  }
  for (const field of fields) onUnreadable(field);
  return parsed;
}

/** Changes `root`. The paths of what was left out; an empty path: the whole. */
function leaveOutAll(root: unknown, paths: readonly Path[]): readonly Path[] {
  const shortened = new Set<unknown[]>();
  const left = paths.map(path => leaveOut(root, path, shortened));
  for (const items of shortened) removeHoles(items);
  return left;
}

/** An item of a list becomes a hole first, because the other paths count the items as they were sent. */
function leaveOut(root: unknown, path: Path, shortened: Set<unknown[]>): Path {
  const key = path.at(-1);
  const containing = path.slice(0, -1);
  const container = containing.reduce<unknown>((at, step) => (isContainer(at) ? at[step] : undefined), root);
  if (key === undefined || container == null) return path; // the container was left out for another path
  if (!isContainer(container) || container[key] === undefined) return leaveOut(root, containing, shortened);
  if (Array.isArray(container)) shortened.add(container);
  if (Array.isArray(container) || container[key] === null) container[key] = undefined;
  else container[key] = null;
  return path;
}

const isContainer = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null;

function removeHoles(items: unknown[]): void {
  let kept = 0;
  for (const item of items) if (item !== undefined) items[kept++] = item;
  items.length = kept;
}

/** `signal_severity.count`: without the indexes of lists and the keys of records, which an upstream chooses. */
function fieldName(schema: z.ZodObject, path: Path): string {
  const names: PropertyKey[] = [];
  let at: unknown = schema;
  for (const key of path) {
    at = withoutWrapping(at);
    if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodObject && Object.hasOwn(at.shape, key)) {
      names.push(key);
      at = at.shape[String(key)];
    } else break;
  }
  return names.join('.');
}

function withoutWrapping(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return withoutWrapping(schema.unwrap());
  if (schema instanceof z.ZodPipe) return withoutWrapping(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
}
