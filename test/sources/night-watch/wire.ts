/** Night Watch's answers. */
import { z } from 'zod';

export const sightingAnswer = z.object({
  value: z.string(),
  danger: z.number(),
  reports: z.int(),
  last_report: z.iso.datetime({ offset: true }).nullish(),
});

export const unknownAnswer = z.object({ error: z.literal('unknown value') });

export type WireSighting = z.infer<typeof sightingAnswer>;
