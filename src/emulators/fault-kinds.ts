import { z } from 'zod';
import type { RecordedRequest } from './recorded-request.ts';

const count = z.int().min(0);
const status = z.int().min(200).max(599);
const headers = z.record(z.string(), z.string());
const encoding = z.enum(['gzip', 'br', 'zstd', 'deflate']);

/** Which requests a fault may touch; all that is said must hold. */
const match = z.strictObject({
  method: z.string().optional(),
  /** Part of the path. */
  path: z.string().optional(),
  /** One of the indicator values the request asks about. */
  value: z.string().optional(),
  /** Part of the body as it was sent. */
  body: z.string().optional(),
});

/** How long and how often a fault is on. Without any of it: until it is switched off. */
const scope = {
  match: match.optional(),
  /** Only the first so many requests that it could touch. */
  times: z.int().min(1).optional(),
  /** Each request it could touch is touched with this probability, by a seeded sequence. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  /** Milliseconds from switching on until it begins, and how long it then lasts. */
  afterMs: count.optional(),
  forMs: count.optional(),
};

/** Slows down; works together with any other. */
const latency = z.strictObject({ kind: z.literal('latency'), ms: count, ...scope });

/** A window that really counts, aligned to the calendar as Datadog's: headers on each answer, 429 when it is spent. */
const rateLimit = z.strictObject({
  kind: z.literal('rateLimit'),
  limit: count,
  periodSeconds: z.int().min(1),
  name: z.string().default('ioc_explorer_get_indicator'),
  ...scope,
});

/**
 * So many requests are served at once, each for `serviceMs`; one that nobody picks up within `pickUpMs` is answered 503.
 * Argus has such a queue for each value of `Argus-Priority`.
 */
const queue = z.strictObject({
  kind: z.literal('queue'),
  slots: z.int().min(1),
  serviceMs: count.default(50),
  pickUpMs: count.default(2000),
  ...scope,
});

/** These answer in place of the upstream. */
const answers = [
  /** Any status, with the body the upstream writes for it unless `shape` says otherwise. */
  z.strictObject({
    kind: z.literal('status'),
    status,
    shape: z.enum(['usual', 'objects', 'strings', 'plain', 'html', 'empty']).default('usual'),
    headers: headers.default({}),
    ...scope,
  }),
  /** 429 with Datadog's headers, all as told. */
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
  /** Argus's 402: `metaData.millisUntilResourcesAvailable`, or at top level as an old variant has it. */
  z.strictObject({
    kind: z.literal('quota'),
    millis: count.default(1000),
    place: z.enum(['metaData', 'top', 'none']).default('metaData'),
    ...scope,
  }),
  /** A page for people where data was asked for. */
  z.strictObject({ kind: z.literal('html'), status: status.default(200), ...scope }),
  z.strictObject({
    kind: z.literal('redirect'),
    status: z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)]).default(302),
    location: z.string(),
    ...scope,
  }),
  z.strictObject({ kind: z.literal('noContent'), ...scope }),
  /** A small body that becomes a large one: spaces inside valid JSON, encoded `layers` times over. */
  z.strictObject({
    kind: z.literal('bomb'),
    encoding: encoding.default('gzip'),
    megabytes: z.int().min(1).max(2000).default(64),
    layers: z.int().min(1).max(3).default(1),
    ...scope,
  }),
  /** Arrays in arrays. */
  z.strictObject({ kind: z.literal('deep'), levels: z.int().min(1).default(100_000), ...scope }),
  /** Any text as a 200 of the upstream's content type. */
  z.strictObject({ kind: z.literal('text'), text: z.string(), headers: headers.default({}), ...scope }),
  /** Bytes written to the socket as they are, which is then closed: what HTTP itself forbids. */
  z.strictObject({ kind: z.literal('raw'), bytes: z.string(), ...scope }),
] as const;

/** These let the upstream answer and then change what it says. */
const changes = [
  z.strictObject({ kind: z.literal('wrongTypes'), ...scope }),
  /** Members of each row (Datadog: of `attributes.data`) replaced or added. */
  z.strictObject({ kind: z.literal('set'), members: z.record(z.string(), z.json()), ...scope }),
  /** Members of the outermost object replaced or added. */
  z.strictObject({ kind: z.literal('setTop'), members: z.record(z.string(), z.json()), ...scope }),
  /** Members as literal numbers that JavaScript cannot hold; the upstream's own choice unless told. */
  z.strictObject({ kind: z.literal('hugeNumbers'), members: z.record(z.string(), z.string()).optional(), ...scope }),
  /** The rows are about this value instead of what was asked. */
  z.strictObject({ kind: z.literal('otherIndicator'), value: z.string().default('other.example.net'), ...scope }),
  /** Every nth row, or the rows of one value, left out; `count` still tells of them unless `honestCount`. */
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
  /** A lower limit than asked, applied and echoed. */
  z.strictObject({ kind: z.literal('lowerLimit'), limit: z.int().min(1), ...scope }),
] as const;

/** These spoil how a good answer is sent. */
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
  /** No fault at all: the good answer, compressed. */
  z.strictObject({ kind: z.literal('encoded'), encoding: encoding.default('gzip'), ...scope }),
] as const;

/** What may be sent to `POST /_emulator/faults`. */
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

/** What test code may add to any fault: a condition of its own, and a latency of its own for each request. */
export interface InProcess {
  readonly when?: (request: RecordedRequest) => boolean;
  readonly msFor?: (request: RecordedRequest) => number;
}

export type Fault = z.input<typeof wireFault> & InProcess;

const answeringKinds: ReadonlySet<string> = new Set(answers.map(option => option.shape.kind.value));
const changingKinds: ReadonlySet<string> = new Set(changes.map(option => option.shape.kind.value));
const deliveringKinds: ReadonlySet<string> = new Set(deliveries.map(option => option.shape.kind.value));

export const isAnswering = (fault: WireFault): fault is AnsweringFault => answeringKinds.has(fault.kind);
export const isChanging = (fault: WireFault): fault is ChangingFault => changingKinds.has(fault.kind);
export const isDelivering = (fault: WireFault): fault is DeliveringFault => deliveringKinds.has(fault.kind);
