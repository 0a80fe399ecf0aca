/** The mixed load: what is asked, and the shape that every answer must have. */
import { z } from 'zod';
import type { Draw } from './troubles.ts';

const sources = 'sources { source status servedFrom staleBecause fetchedAt ageSeconds }';

/** Each kind of question, its document, and how many values it names. `$age` is null or 0. */
const kinds = {
  'shorthand fields': {
    most: 40,
    field: `indicators(values: $values, maxAgeSeconds: $age) {
      value threatScore memberships { recordId value } verdict { level missing } ${sources} }`,
  },
  answers: {
    most: 150,
    field: `indicators(values: $values, maxAgeSeconds: $age) {
      value datadog { threat { score indicator } } argus { memberships { recordId value } } verdict { level missing }
      ${sources} }`,
  },
  properties: {
    most: 30,
    field: `indicators(values: $values, maxAgeSeconds: $age) {
      value memberships { recordId value comment: properties(names: ["comment"]) { value }
        role: properties(names: ["role"]) { values } } ${sources} }`,
  },
  history: {
    most: 20,
    field: `indicators(values: $values, maxAgeSeconds: $age) { value triageHistory { at } threatScore ${sources} }`,
  },
  'one alone': {
    most: 1,
    field: `indicators(values: $values, maxAgeSeconds: $age) {
      value threatScore memberships { recordId value } ${sources} }`,
  },
} as const;

export type Kind = keyof typeof kinds;
const names = Object.keys(kinds).filter((name): name is Kind => name in kinds);

export interface Question {
  readonly kind: Kind;
  readonly query: string;
  readonly values: readonly string[];
  /** 0: nothing older than the question will do. */
  readonly maxAge: 0 | null;
  /** The client hangs up after so many milliseconds. */
  readonly leavesAfterMs: number | undefined;
}

export function ask(kind: Kind, values: readonly string[]): Question {
  const query = `query ($values: [String!]!, $age: Int) { ${kinds[kind].field} }`;
  return { kind, query, values, maxAge: null, leavesAfterMs: undefined };
}

export function drawQuestion(all: readonly string[], draw: Draw): Question {
  const kind = names[Math.floor(draw() ** 0.7 * names.length)] ?? 'one alone';
  const count = 1 + Math.floor(draw() ** 2 * kinds[kind].most);
  const first = Math.floor(draw() * all.length);
  // Neighbours among the values are of all kinds after shuffling; each once, for positions are compared.
  const values = Array.from({ length: count }, (_, index) => all[(first + index * 7) % all.length] ?? '');
  return {
    ...ask(kind, [...new Set(values)]),
    maxAge: draw() < 0.1 ? 0 : null,
    leavesAfterMs: draw() < 0.05 ? Math.round(draw() * 300) : undefined,
  };
}

const statuses = [
  'MATCHED',
  'NO_MATCH',
  'NOT_APPLICABLE',
  'NOT_QUERIED',
  'UNCONFIGURED',
  'DENIED',
  'REJECTED',
  'RATE_LIMITED',
  'TIMED_OUT',
  'UNAVAILABLE',
  'OVERLOADED',
  'MALFORMED',
] as const;

const report = z.strictObject({
  source: z.enum(['DATADOG', 'ARGUS']),
  status: z.enum(statuses),
  servedFrom: z.enum(['LIVE', 'CACHE', 'STALE_CACHE']).nullable(),
  staleBecause: z.string().nullable(),
  fetchedAt: z.iso.datetime().nullable(),
  ageSeconds: z.number().min(0).nullable(),
});

const membership = z.strictObject({
  recordId: z.string(),
  value: z.string(),
  comment: z.array(z.object({ value: z.string().nullable() }).nullable()).optional(),
  role: z.array(z.object({ values: z.array(z.string()) }).nullable()).optional(),
});
const memberships = z.array(membership).nullable();

const indicator = z.strictObject({
  value: z.string(),
  threatScore: z.number().nullable().optional(),
  memberships: memberships.optional(),
  triageHistory: z
    .array(z.object({ at: z.string() }))
    .nullable()
    .optional(),
  datadog: z
    .object({ threat: z.object({ score: z.number().nullable(), indicator: z.string() }).nullable() })
    .optional(),
  argus: z.object({ memberships }).optional(),
  verdict: z.object({ level: z.string(), missing: z.array(z.string()) }).optional(),
  sources: z.tuple([report, report]),
});

const sourceCodes = [
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_DENIED',
  'UPSTREAM_REJECTED',
  'UPSTREAM_MALFORMED',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
  // Of a property, when Argus answers 412 to whatever is asked.
  'BAD_USER_INPUT',
] as const;

const failure = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
  extensions: z.object({
    code: z.enum(sourceCodes),
    source: z.enum(['DATADOG', 'ARGUS']),
    retryAfterSeconds: z.int().optional(),
    /** Its name is unknown to Argus, which is told once for all places. */
    property: z.string().optional(),
  }),
});

export const answerShape = z.strictObject({
  data: z.strictObject({ indicators: z.array(indicator) }),
  errors: z.array(failure).optional(),
});

export type Report = z.infer<typeof report>;
export type Membership = z.infer<typeof membership>;
export type IndicatorAnswer = z.infer<typeof indicator>;
export type Failure = z.infer<typeof failure>;
