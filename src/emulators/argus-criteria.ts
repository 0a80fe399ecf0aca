import { z } from 'zod';
import type { FieldProblem } from './argus-envelope.ts';

const names = z.array(z.string().min(1).max(2048));
const sortField = z
  .string()
  .regex(/^-?(?:indicatorList|type|value|createdTimestamp|lastUpdatedTimestamp|deletedTimestamp)$/);
const timeField = z.enum([
  'all',
  'createdTimestamp',
  'lastUpdatedTimestamp',
  'deletedTimestamp',
  'firstSeenTimestamp',
  'lastSeenTimestamp',
]);
/** Milliseconds, ISO 8601 in UTC, or relative. */
const time = z.union([z.int(), z.string().max(64)]);
const confidence = z.number().min(0).max(1);

/** The documented search terms with the documented defaults. */
const searchTerms = z
  .strictObject({
    indicatorList: names.optional(),
    type: names.optional(),
    value: names.optional(),
    domainSearch: z
      .strictObject({
        domain: names,
        includeParentDomains: z.boolean().default(true),
        includeSubdomains: z.boolean().default(false),
      })
      .optional(),
    ipSearch: z.strictObject({ ip: names }).optional(),
    includeProperties: z.array(z.strictObject({ descriptor: z.string().min(1) })).default([]),
    state: z.array(z.enum(['active', 'latest', 'old'])).default(['active']),
    minConfidence: confidence.default(0),
    maxConfidence: confidence.default(1),
    startTimestamp: time.optional(),
    endTimestamp: time.optional(),
    timeFieldStrategy: z.array(timeField).default(['all']),
    timeMatchStrategy: z.enum(['all', 'any']).default('all'),
    includeDeleted: z.boolean().default(false),
    offset: z.int().min(0).default(0),
    limit: z.int().min(0).max(100_000).default(25),
    sortBy: z.array(sortField).default(['-lastUpdatedTimestamp']),
    afterValue: z.string().optional(),
  })
  .refine(terms => terms.minConfidence <= terms.maxConfidence, {
    path: ['minConfidence'],
    message: 'minConfidence must not exceed maxConfidence',
  });

export type SearchTerms = z.infer<typeof searchTerms>;

/** Returns the criteria or all their problems: Argus answers every validation failure with 412. */
export function readSearch(body: unknown): { readonly terms: SearchTerms } | { readonly problems: FieldProblem[] } {
  const read = searchTerms.safeParse(body);
  return read.success
    ? { terms: read.data }
    : { problems: read.error.issues.flatMap(issue => problemsOf(issue, body)) };
}

/** Query parameters of the list endpoints: repeated for several values, unknown ones ignored. */
export function readQuery(query: URLSearchParams, allowed: readonly string[]): ReturnType<typeof readSearch> {
  const body: Record<string, unknown> = {};
  for (const name of allowed) {
    const all = query.getAll(name);
    const [first] = all;
    if (first === undefined) continue;
    if (name === 'limit' || name === 'offset') body[name] = /^-?\d+$/.test(first) ? Number(first) : first;
    else body[name] = name === 'includeProperties' ? all.map(descriptor => ({ descriptor })) : all;
  }
  return readSearch(body);
}

function problemsOf(issue: z.core.$ZodIssue, body: unknown): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      field: dotted([...issue.path, key]),
      message: 'Unknown JSON field detected.',
      messageTemplate: 'unknown.json.field',
      parameter: valueAt(body, [...issue.path, key]),
    }));
  }
  const isType = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  return [
    {
      field: dotted(issue.path),
      message: issue.message,
      messageTemplate: isType ? 'invalid.json.field.type' : 'invalid.json.field.value',
      parameter: valueAt(body, issue.path),
    },
  ];
}

function dotted(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    body,
  );
}
