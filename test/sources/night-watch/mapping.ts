/** Maps Night Watch's answers to facts. Pure. */
import { z } from 'zod';
import type { ScoreEvidence } from '../../../src/domain/verdict/model.ts';
import type { WireSighting } from './wire.ts';

/** The cached fact; null: not known to Night Watch. */
export const sightingFact = z.object({
  sighting: z.object({ danger: z.number(), reports: z.int(), lastReport: z.string().nullable() }).nullable(),
});
export type SightingFact = z.infer<typeof sightingFact>;

export const mapSighting = ({ danger, reports, last_report }: WireSighting): SightingFact => ({
  sighting: { danger, reports, lastReport: last_report ?? null },
});

const noFeeds = { maliciousSources: [], suspiciousSources: [], benignSources: [], categories: [], signalSeverity: [] };

export const evidenceOf = ({ sighting }: SightingFact): ScoreEvidence | null =>
  sighting && { score: sighting.danger, triageState: null, logMatches: null, ...noFeeds };
