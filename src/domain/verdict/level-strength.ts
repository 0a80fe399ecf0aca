import type { VerdictLevel } from './model.ts';

const strength: Readonly<Record<VerdictLevel, number>> = {
  MALICIOUS: 6,
  SUSPICIOUS: 5,
  INCONCLUSIVE: 4,
  INFORMATIONAL: 3,
  BENIGN: 2,
  NO_MATCH: 1,
};

/** The strongest effect gives a verdict its level; an effect of null is context, and 0. */
export const strengthOf = (effect: VerdictLevel | null): number => (effect === null ? 0 : strength[effect]);

export const isAccusing = (effect: VerdictLevel | null): boolean => strengthOf(effect) >= strength.SUSPICIOUS;
