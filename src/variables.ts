/** The kinds of environment variables, and how a group of them is read: every problem at once, by name, never a value. */
import { z } from 'zod';

/** A secret is read when it is used, so a rotated file counts without a restart. */
export interface Secret {
  read(): string;
  /** Looks again, as after a 401; true when it has changed. */
  reload(): boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const fromText = <Output>(parse: (text: string) => Output | undefined, expected: string) =>
  z.string().transform((text, issues) => {
    const value = parse(text.trim());
    if (value === undefined) issues.addIssue({ code: 'custom', message: `must be ${expected}` });
    return value ?? z.NEVER;
  });

const inRange = (text: string, from: number, to: number) =>
  /^\d+(\.\d+)?$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined;

/** A whole number from `from` to `to`. */
export const integer = (fallback: number, from: number, to: number) =>
  fromText(text => (/^\d+$/.test(text) ? inRange(text, from, to) : undefined), `a whole number from ${from} to ${to}`).default(
    fallback,
  );

export const number = (fallback: number, from: number, to: number) =>
  fromText(text => inRange(text, from, to), `a number from ${from} to ${to}`).default(fallback);

const milliseconds = (from: number, to: number) =>
  fromText(text => {
    const seconds = inRange(text, from, to);
    return seconds === undefined ? undefined : Math.round(seconds * 1000);
  }, `a number of seconds from ${from} to ${to}`);

/** Written in seconds, read in milliseconds. */
export const seconds = (fallbackSeconds: number, from: number, to: number) =>
  milliseconds(from, to).default(fallbackSeconds * 1000);
export const optionalSeconds = (from: number, to: number) => milliseconds(from, to).optional();

export const onOff = (fallback: 'on' | 'off') =>
  fromText(text => (text === 'on' ? true : text === 'off' ? false : undefined), '"on" or "off"').default(fallback === 'on');

export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });

const parseUrl = (text: string, schemes: readonly string[]) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && schemes.includes(url.protocol) ? text.replace(/\/+$/, '') : undefined;
};

/** Without a trailing slash. */
export const url = (...schemes: readonly string[]) =>
  fromText(text => parseUrl(text, schemes), `an address that begins with ${schemes.map(s => `${s}//`).join(' or ')}`);

export const words = (separator = ',') =>
  z.string().transform(text => text.split(separator).map(word => word.trim()).filter(word => word !== ''));

/** From NAME, or from the file that NAME_FILE names. */
export const secret = z.custom<Secret>().optional().meta({ secret: true });

export const isSecret = (schema: z.ZodType): boolean => schema.meta()?.secret === true;

/** Problems as the person who wrote the environment reads them: "PORT must be a whole number from 1 to 65535". */
export type Problems = readonly string[];

/** Reads one group of variables. An empty variable counts as unset. `secretOf` finds NAME or NAME_FILE. */
export function readVariables<Shape extends z.ZodRawShape>(
  group: z.ZodObject<Shape>,
  environment: Environment,
  secretOf: (name: string, environment: Environment) => Secret | undefined,
): { readonly values: z.infer<z.ZodObject<Shape>>; readonly problems?: undefined } | { readonly problems: Problems } {
  const given: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, schema] of Object.entries(group.shape) as [string, z.ZodType][]) {
    try {
      given[name] = isSecret(schema) ? secretOf(name, environment) : environment[name]?.trim() || undefined;
    } catch (problem) {
      problems.push(`${name} ${problem instanceof Error ? problem.message : 'cannot be read'}`);
    }
  }
  const parsed = group.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join('.')} ${issue.message}`);
  return parsed.success && problems.length === 0 ? { values: parsed.data } : { problems };
}
