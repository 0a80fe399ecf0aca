/** What the faults have in common. */
import { z } from 'zod';

export const count = z.int().min(0);
export const status = z.int().min(200).max(599);
export const headers = z.record(z.string(), z.string());
export const encoding = z.enum(['gzip', 'br', 'zstd', 'deflate']);

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
export const scope = {
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
