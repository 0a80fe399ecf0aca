/** Verdicts in few words: the level, its sentence, who was not heard, and what absence means. Pure. */
import type { Result } from '../doors/results.ts';
import { untrusted, whoseTexts } from './untrusted.ts';

/** So many lines fit a model's window; all results are in the structured content. */
const mostLines = 100;

const notProof = 'This is not proof of harmless.';
const absence =
  'Absence is not proof of harmless. NO_MATCH: every source that is connected and knows such values was heard, and none holds a record. INCONCLUSIVE: a source was not heard, or none is known to hold such a thing; ask again later.';

/** Accusations first: those must not be cut off. */
export function resultsText({ results }: { readonly results: readonly Result[] }): string {
  const lines = results
    .map(result => ({ line: lineOf(result), rank: rankOf(result) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ line }) => line);
  const left = lines.length - mostLines;
  return [
    `${countsOf(results)}. ${whoseTexts}`,
    untrusted(lines.slice(0, mostLines)),
    ...(left > 0 ? [`${left} more are in the structured content, none of them worse than these.`] : []),
    absence,
  ].join('\n');
}

const levelOf = ({ verdict }: Result): string => verdict?.level ?? 'UNUSABLE';

/** Worst first; `UNUSABLE` is the caller's to correct. */
const order = ['MALICIOUS', 'SUSPICIOUS', 'INCONCLUSIVE', 'UNUSABLE', 'INFORMATIONAL', 'BENIGN', 'NO_MATCH'];
const rankOf = (result: Result): number => order.indexOf(levelOf(result));
const accuses = (result: Result): boolean => rankOf(result) < 2;

function countsOf(results: readonly Result[]): string {
  const counts = order.map(level => [level, results.filter(result => levelOf(result) === level).length] as const);
  const named = counts.filter(([, count]) => count > 0).map(([level, count]) => `${count} ${level}`);
  return named.length === 0 ? 'No indicators' : named.join(', ');
}

function lineOf(result: Result): string {
  const { input, problem, verdict } = result;
  const said = verdict ? verdict.summary : `"${input.slice(0, 100)}": ${problem ?? ''}`;
  return [levelOf(result), said, ...unheardIn(result), ...(accuses(result) ? [] : [notProof])].join(' ');
}

const heard = new Set(['MATCHED', 'NO_MATCH', 'NOT_APPLICABLE']);

/** Those that were not heard, and those of which only a stale or partial answer is known. */
function unheardIn({ verdict, sources }: Result): readonly string[] {
  const unheard = sources.filter(({ source, status }) => !heard.has(status) || verdict?.missing.includes(source));
  if (unheard.length === 0) return [];
  const each = unheard.map(({ source, status, servedFrom, retryAfterSeconds: seconds }) => {
    const what = servedFrom === 'STALE_CACHE' ? 'only an old answer' : heard.has(status) ? 'only in part' : status;
    return `${source} (${what}${seconds === null ? '' : `, ask again in ${Math.ceil(seconds)} s`})`;
  });
  return [`Not heard: ${each.join(', ')}.`];
}
