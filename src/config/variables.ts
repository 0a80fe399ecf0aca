/**
 * The types of environment variables, and the reader of a group of them, which reports all problems at once, by name and
 * without values. `meta` holds a type's JSON Schema, and defaults are written as text (`prefault`): `npm run codegen`
 * writes `.env.example` and the chart's schema from them.
 */
import { z } from 'zod';
import { type Environment, type Secret, secretSetting } from './secret.ts';

export type { Environment, Secret };

const fromText = <Output>(parse: (text: string) => Output | undefined, expected: string) =>
  z.string().transform((text, issues) => {
    const value = parse(text.trim());
    if (value === undefined) issues.addIssue({ code: 'custom', message: `must be ${expected}` });
    return value ?? z.NEVER;
  });

const inRange = (text: string, from: number, to: number) =>
  /^\d+(\.\d+)?$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined;

const wholeNumber = (from: number, to: number) =>
  fromText(
    text => (/^\d+$/.test(text) ? inRange(text, from, to) : undefined),
    `a whole number from ${from} to ${to}`,
  ).meta({ type: 'integer', minimum: from, maximum: to });

export const integer = (fallback: number, from: number, to: number) => wholeNumber(from, to).prefault(String(fallback));
export const optionalInteger = (from: number, to: number) => wholeNumber(from, to).optional();

export const number = (fallback: number, from: number, to: number) =>
  fromText(text => inRange(text, from, to), `a number from ${from} to ${to}`)
    .meta({ type: 'number', minimum: from, maximum: to })
    .prefault(String(fallback));

const milliseconds = (from: number, to: number) =>
  fromText(text => {
    const seconds = inRange(text, from, to);
    return seconds === undefined ? undefined : Math.round(seconds * 1000);
  }, `a number of seconds from ${from} to ${to}`).meta({ type: 'number', minimum: from, maximum: to });

/** Written in seconds, read in milliseconds. */
export const seconds = (fallbackSeconds: number, from: number, to: number) =>
  milliseconds(from, to).prefault(String(fallbackSeconds));
export const optionalSeconds = (from: number, to: number) => milliseconds(from, to).optional();

export const onOff = (fallback: 'on' | 'off') =>
  fromText(text => (text === 'on' ? true : text === 'off' ? false : undefined), '"on" or "off"')
    .meta({ enum: ['on', 'off'] })
    .prefault(fallback);

export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });

const parseUrl = (text: string, schemes: readonly string[]) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && schemes.includes(url.protocol) ? text.replace(/\/+$/, '') : undefined;
};

/** Without a trailing slash. */
export const url = (...schemes: readonly string[]) =>
  fromText(
    text => parseUrl(text, schemes),
    `an address that begins with ${schemes.map(s => `${s}//`).join(' or ')}`,
  ).meta({ format: 'uri' });

export const matching = (pattern: RegExp, expected: string) =>
  fromText(text => (pattern.test(text) ? text : undefined), expected).meta({ pattern: pattern.source });

/** A comma-separated list with at least one entry. */
export const words = (expected: string, isRight: (word: string) => boolean = () => true) =>
  fromText(text => {
    const given = text
      .split(',')
      .map(word => word.trim())
      .filter(word => word !== '');
    return given.length > 0 && given.every(isRight) ? given : undefined;
  }, expected);

/** Set by NAME, or by the file that NAME_FILE names. */
export const secret = z.custom<Secret>().optional().meta({ secret: true });

/** A secret whose value must be right, or the gateway does not start. */
export const secretThat = (isRight: (value: string) => boolean, expected: string) =>
  z
    .custom<Secret>()
    .refine(given => isRight(given.read()), { error: `must be ${expected}` })
    .optional()
    .meta({ secret: true });

/** A secret that is sent in a header. */
export const credential = secretThat(
  value => /^[\x21-\x7e]+$/.test(value),
  'printable ASCII characters without blanks',
);

/** A scope that a caller must carry. */
export const scope = matching(/^[^\s+,:]+$/, 'one scope, without blanks').optional();

/** Empty counts as unset. */
export const isSet = (environment: Environment, name: string): boolean => (environment[name]?.trim() ?? '') !== '';

const isSecret = (schema: z.ZodType): boolean => schema.meta()?.secret === true;

/** For example "PORT must be a whole number from 1 to 65535". */
export type Problems = readonly string[];

export type VariablesResult<Values> =
  | { readonly values: Values; readonly problems?: undefined }
  | { readonly values?: undefined; readonly problems: Problems };

/** Reads a group of variables, whose names in the environment begin with `prefix`. Empty counts as unset. */
export function readVariables<Shape extends z.ZodRawShape>(
  group: z.ZodObject<Shape>,
  environment: Environment,
  prefix = '',
): VariablesResult<z.infer<z.ZodObject<Shape>>> {
  const given: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, schema] of Object.entries(group.shape) as [string, z.ZodType][]) {
    const name = prefix + key;
    const setting = isSecret(schema) ? secretSetting(name, environment) : undefined;
    if (setting?.problem !== undefined) problems.push(`${setting.problem.variable} ${setting.problem.message}`);
    given[key] = isSecret(schema) ? setting?.secret : environment[name]?.trim() || undefined;
  }
  const parsed = group.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) problems.push(`${prefix}${issue.path.join('.')} ${issue.message}`);
  return parsed.success && problems.length === 0 ? { values: parsed.data } : { problems };
}

/** The names of all variables in a group, with NAME_FILE for secrets. */
export const variableNames = (group: z.ZodObject, prefix = ''): readonly string[] =>
  Object.entries(group.shape as Record<string, z.ZodType>).flatMap(([key, schema]) =>
    isSecret(schema) ? [prefix + key, `${prefix}${key}_FILE`] : [prefix + key],
  );
