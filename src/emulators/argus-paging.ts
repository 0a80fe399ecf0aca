import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { SearchTerms } from './argus-criteria.ts';
import type { FieldProblem } from './argus-envelope.ts';
import type { EmulatedRecord } from './argus-records.ts';
import { wireValue } from './argus-value-forms.ts';

/** The largest sum of `limit` and `offset`. */
const maxWindow = 10_000;

export function pagingProblems(terms: SearchTerms, behaviours: ArgusBehaviours): FieldProblem[] {
  const { limit, offset, afterValue, sortBy } = terms;
  const problems: FieldProblem[] = [];
  const refuse = (field: string, message: string, parameter: unknown): void => {
    problems.push({ field, message, messageTemplate: 'invalid.json.field.value', parameter });
  };
  if (limit === 0 && behaviours.limitZero === '412') refuse('limit', 'Must be greater than 0', limit);
  if (isOverCap(limit, behaviours) && behaviours.limitOver === '412') {
    refuse('limit', `Must not exceed ${behaviours.limitCap}`, limit);
  }
  if (offset + limit > maxWindow && behaviours.windowOver === '412') {
    refuse(
      offset > 0 ? 'offset' : 'limit',
      `offset and limit reach beyond ${maxWindow} elements`,
      offset > 0 ? offset : limit,
    );
  }
  if (afterValue !== undefined && !sortsByValue(sortBy) && behaviours.afterValueWithOtherSort === '412') {
    refuse('afterValue', 'Requires sortBy value', afterValue);
  }
  return problems;
}

/** `limit: 0` asks for all. */
const isOverCap = (limit: number, { limitCap }: ArgusBehaviours): boolean =>
  limitCap > 0 && (limit === 0 || limit > limitCap);

const sortsByValue = (sortBy: readonly string[]): boolean => /^-?value$/.test(sortBy[0] ?? '');

interface MatchPage {
  readonly records: readonly EmulatedRecord[];
  readonly count: number;
  /** As the answer has it. */
  readonly limit: number;
  readonly offset: number;
}

/** `start`: how many matches come before this page, `afterValue` included. */
export function pageOf(
  matches: readonly EmulatedRecord[],
  terms: SearchTerms,
  behaviours: ArgusBehaviours,
): (MatchPage | { readonly problems: readonly FieldProblem[] }) & { readonly start: number } {
  const { limit, offset } = terms;
  const behind = afterCursor(matches, terms, behaviours);
  const start = Math.min(matches.length, matches.length - behind.length + offset);
  const count = behaviours.countWithAfterValue === 'total' ? matches.length : behind.length;
  const isCapped = isOverCap(limit, behaviours);
  if (limit === 0 && !isCapped && behind.length - offset > maxWindow && behaviours.windowOver === '412') {
    const message = `More than ${maxWindow} elements match`;
    const problem = { field: 'limit', message, messageTemplate: 'invalid.json.field.value', parameter: limit };
    return { problems: [problem], start };
  }
  const applied = isCapped ? behaviours.limitCap : limit;
  const end = Math.min(applied === 0 ? Number.POSITIVE_INFINITY : offset + applied, maxWindow);
  const shown = behaviours.limitOver === 'silent' ? limit : applied;
  return { records: behind.slice(offset, Math.max(offset, end)), count, limit: shown, offset, start };
}

function afterCursor(
  matches: readonly EmulatedRecord[],
  terms: SearchTerms,
  { afterValueMatch, valueForm }: ArgusBehaviours,
): readonly EmulatedRecord[] {
  const { afterValue, sortBy } = terms;
  if (afterValue === undefined || !sortsByValue(sortBy)) return matches;
  const descending = sortBy[0] === '-value';
  const first = matches.findIndex(record => {
    const value = wireValue(record, valueForm);
    if (value === afterValue) return afterValueMatch === 'inclusive';
    return descending ? value < afterValue : value > afterValue;
  });
  return first < 0 ? [] : matches.slice(first);
}
