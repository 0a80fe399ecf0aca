import { z } from 'zod';
import type { RecordedRequest } from './recorded-request.ts';

const count = z.int().min(0);
const status = z.int().min(200).max(599);
const headers = z.record(z.string(), z.string());
const encoding = z.enum(['gzip', 'br', 'zstd', 'deflate']);

/** Selects the requests that a fault affects; all given conditions must match. */
const match = z.strictObject({
  method: z.string().optional(),
  /** Part of the path. */
  path: z.string().optional(),
  /** One of the indicator values of the request. */
  value: z.string().optional(),
  /** Part of the body as it was sent. */
  body: z.string().optional(),
});

/** How long and how often a fault applies. By default it applies until it is removed. */
const scope = {
  match: match.optional(),
  /** Applies only to the first `times` matching requests. */
  times: z.int().min(1).optional(),
  /** Applies to each matching request with this probability, by a seeded random sequence. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  /** Milliseconds until the fault begins, and how long it lasts. */
  afterMs: count.optional(),
  forMs: count.optional(),
};

/** Delays the answer; can be combined with any other fault. */
const latency = z.strictObject({ kind: z.literal('latency'), ms: count, ...scope });

/** A rate limit with windows aligned to the clock as Datadog's: headers on each answer, 429 when it is exhausted. */
const rateLimit = z.strictObject({
  kind: z.literal('rateLimit'),
  limit: count,
  periodSeconds: z.int().min(1),
  name: z.string().default('ioc_explorer_get_indicator'),
  ...scope,
});

/**
 * Serves `slots` requests at once, each for `serviceMs`; a request that waits longer than `pickUpMs` is answered 503.
 * Argus has such a queue for each value of `Argus-Priority`.
 */
const queue = z.strictObject({
  kind: z.literal('queue'),
  slots: z.int().min(1),
  serviceMs: count.default(50),
  pickUpMs: count.default(2000),
  ...scope,
});

/** Faults that answer in place of the upstream. */
const answers = [
  /** Any status. The body is the upstream's own for that status, unless `shape` is given. */
  z.strictObject({
    kind: z.literal('status'),
    status,
    shape: z.enum(['usual', 'objects', 'strings', 'plain', 'html', 'empty']).default('usual'),
    headers: headers.default({}),
    ...scope,
  }),
  /** 429 with Datadog's headers. */
  z.strictObject({
    kind: z.literal('tooManyRequests'),
    limit: count.default(100),
    period: count.default(60),
    remaining: count.default(0),
    reset: count.default(1),
    name: z.string().default('ioc_explorer_get_indicator'),
    headers: headers.default({}),
    ...scope,
  }),
  /** Argus's 402 with `metaData.millisUntilResourcesAvailable`, or at top level as in an old variant. */
  z.strictObject({
    kind: z.literal('quota'),
    millis: count.default(1000),
    place: z.enum(['metaData', 'top', 'none']).default('metaData'),
    ...scope,
  }),
  /** An HTML page in place of data. */
  z.strictObject({ kind: z.literal('html'), status: status.default(200), ...scope }),
  z.strictObject({
    kind: z.literal('redirect'),
    status: z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)]).default(302),
    location: z.string(),
    ...scope,
  }),
  z.strictObject({ kind: z.literal('noContent'), ...scope }),
  /** A compression bomb: spaces inside valid JSON, encoded `layers` times. */
  z.strictObject({
    kind: z.literal('bomb'),
    encoding: encoding.default('gzip'),
    megabytes: z.int().min(1).max(2000).default(64),
    layers: z.int().min(1).max(3).default(1),
    ...scope,
  }),
  /** Deeply nested arrays. */
  z.strictObject({ kind: z.literal('deep'), levels: z.int().min(1).default(100_000), ...scope }),
  /** Any text with status 200 and the upstream's content type. */
  z.strictObject({ kind: z.literal('text'), text: z.string(), headers: headers.default({}), ...scope }),
  /** Bytes written to the socket unchanged, which is then closed: for invalid HTTP. */
  z.strictObject({ kind: z.literal('raw'), bytes: z.string(), ...scope }),
] as const;

/** Faults that change the body of the upstream's answer. */
const changes = [
  z.strictObject({ kind: z.literal('wrongTypes'), ...scope }),
  /** Members of each row (Datadog: of `attributes.data`) replaced or added. */
  z.strictObject({ kind: z.literal('set'), members: z.record(z.string(), z.json()), ...scope }),
  /** Members of the outermost object replaced or added. */
  z.strictObject({ kind: z.literal('setTop'), members: z.record(z.string(), z.json()), ...scope }),
  /** Members as literal numbers that JavaScript cannot represent. Default: the protocol's `hugeNumbers`. */
  z.strictObject({ kind: z.literal('hugeNumbers'), members: z.record(z.string(), z.string()).optional(), ...scope }),
  /** The rows are about this value instead of the requested one. */
  z.strictObject({ kind: z.literal('otherIndicator'), value: z.string().default('other.example.net'), ...scope }),
  /** Leaves out every nth row, or the rows of one value; `count` still includes them unless `honestCount`. */
  z.strictObject({
    kind: z.literal('missingRows'),
    every: z.int().min(1).default(2),
    value: z.string().optional(),
    honestCount: z.boolean().default(false),
    ...scope,
  }),
  z.strictObject({ kind: z.literal('duplicateRows'), ...scope }),
  z.strictObject({ kind: z.literal('shuffleRows'), ...scope }),
  /** Argus's `count` when counting timed out. */
  z.strictObject({ kind: z.literal('countUnknown'), ...scope }),
  /** Applies and echoes a lower limit than requested. */
  z.strictObject({ kind: z.literal('lowerLimit'), limit: z.int().min(1), ...scope }),
] as const;

/** Faults in the transfer of a good answer. */
const deliveries = [
  z.strictObject({ kind: z.literal('halfJson'), contentLength: z.enum(['right', 'wrong']).default('right'), ...scope }),
  z.strictObject({
    kind: z.literal('cut'),
    at: z.enum(['beforeHeaders', 'midBody']).default('beforeHeaders'),
    ...scope,
  }),
  z.strictObject({
    kind: z.literal('hang'),
    at: z.enum(['beforeHeaders', 'afterHeaders']).default('beforeHeaders'),
    ...scope,
  }),
  z.strictObject({
    kind: z.literal('drip'),
    bytes: z.int().min(1).default(1),
    everyMs: z.int().min(1).default(200),
    ...scope,
  }),
  /** Not a fault: the good answer, compressed. */
  z.strictObject({ kind: z.literal('encoded'), encoding: encoding.default('gzip'), ...scope }),
] as const;

/** The body of `POST /_emulator/faults`. */
export const wireFault = z.discriminatedUnion('kind', [
  latency,
  rateLimit,
  queue,
  ...answers,
  ...changes,
  ...deliveries,
]);

export type WireFault = z.infer<typeof wireFault>;
export type AnsweringFault = z.infer<(typeof answers)[number]>;
export type ChangingFault = z.infer<(typeof changes)[number]>;
export type DeliveringFault = z.infer<(typeof deliveries)[number]>;
export type QueueFault = z.infer<typeof queue>;
export type RateLimitFault = z.infer<typeof rateLimit>;

/** Functions that tests in the same process may add to a fault: a condition, and a latency for each request. */
export interface InProcessOptions {
  readonly when?: (request: RecordedRequest) => boolean;
  readonly msFor?: (request: RecordedRequest) => number;
}

export type Fault = z.input<typeof wireFault> & InProcessOptions;

const answeringKinds: ReadonlySet<string> = new Set(answers.map(option => option.shape.kind.value));
const changingKinds: ReadonlySet<string> = new Set(changes.map(option => option.shape.kind.value));
const deliveringKinds: ReadonlySet<string> = new Set(deliveries.map(option => option.shape.kind.value));

export const isAnswering = (fault: WireFault): fault is AnsweringFault => answeringKinds.has(fault.kind);
export const isChanging = (fault: WireFault): fault is ChangingFault => changingKinds.has(fault.kind);
export const isDelivering = (fault: WireFault): fault is DeliveringFault => deliveringKinds.has(fault.kind);
