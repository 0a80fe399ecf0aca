import { z } from 'zod';
import { answers } from './answering-faults.ts';
import { count, encoding, scope } from './fault-scope.ts';
import type { RecordedRequest } from './recorded-request.ts';

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
    /** `beforeWork`: what it asks for is not done. */
    at: z.enum(['beforeWork', 'beforeHeaders', 'midBody']).default('beforeHeaders'),
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
