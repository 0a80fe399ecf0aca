import { z } from 'zod';
import { count, encoding, headers, scope, status } from './fault-scope.ts';

/** Faults that answer in place of the upstream. */
export const answers = [
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
