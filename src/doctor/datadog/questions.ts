/** What Datadog is asked: ten calls at most, all of them reading. */

import { parseIndicator } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import { indicatorPath, listPath } from '../../sources/datadog/client.ts';
import { at, isObject, isSuccess, type SentRow } from '../answer.ts';
import type { Answer, Ask } from '../ask.ts';

/** An answer about an indicator that Datadog should know. */
interface KnownAnswer {
  readonly asked: Indicator;
  /** It stood in Datadog's own list, and was not given by the operator. */
  readonly isListed: boolean;
  readonly answer: Answer;
}

export interface DatadogAnswers {
  /** One row: that of the highest score. */
  readonly list: Answer;
  /** Undefined: there is no indicator to ask about. */
  readonly known: KnownAnswer | undefined;
  /** The same with a limit for its history. */
  readonly longHistory: Answer | undefined;
  /** Asked without `ocsf`: what only one of the two matchers lists. */
  readonly oneMatcher: readonly KnownAnswer[];
  readonly rows: readonly SentRow[];
  readonly unknown: Answer;
  readonly noRoute: Answer;
  readonly undocumentedKind: Answer;
}

const unknownIndicator = 'this-indicator-does-not-exist.invalid';
const undocumentedKind = 'nobody@this-indicator-does-not-exist.invalid';
export const historyLimit = 1000;

const worstFirst = [
  ['sort[column]', 'score'],
  ['sort[order]', 'desc'],
] as const;

type Query = readonly (readonly [string, string])[];

export async function askDatadog(ask: Ask, first: Answer, given: Indicator | undefined): Promise<DatadogAnswers> {
  const get = (path: string, query: Query = []) => ask({ method: 'GET', path, query });
  const about = (indicator: Indicator, query: Query = []) =>
    get(indicatorPath, [['indicator', indicator.value], ...query]);
  const matched = isSuccess(first) ? [await ofMatcher(get, 'true'), await ofMatcher(get, 'false')] : [];
  const [inFields = [], inMessages = []] = matched;
  const rows = [...rowsOf(first), ...inFields, ...inMessages];
  const known = given ?? indicatorIn(rows.find(isTriaged) ?? rows[0]);
  const history: Query = [['include_triage_history', 'true']];
  const onlyOne = [onlyIn(inFields, inMessages), onlyIn(inMessages, inFields)].filter(one => one !== undefined);
  const oneMatcher: KnownAnswer[] = [];
  for (const asked of onlyOne) oneMatcher.push({ asked, isListed: true, answer: await about(asked) });
  return {
    list: first,
    known: known && { asked: known, isListed: given === undefined, answer: await about(known, history) },
    longHistory: known && (await about(known, [...history, ['triage_history_limit', String(historyLimit)]])),
    oneMatcher,
    rows,
    unknown: await get(indicatorPath, [['indicator', unknownIndicator]]),
    noRoute: await get(`${listPath}/no-such-route`),
    undocumentedKind: await get(indicatorPath, [['indicator', undocumentedKind]]),
  };
}

/** The first question, which also shows whether the API can be asked at all. */
export const askForList = (ask: Ask): Promise<Answer> =>
  ask({ method: 'GET', path: listPath, query: [['limit', '1'], ...worstFirst] });

async function ofMatcher(get: (path: string, query: Query) => Promise<Answer>, ocsf: 'true' | 'false') {
  return rowsOf(await get(listPath, [['limit', '25'], ...worstFirst, ['ocsf', ocsf]]));
}

export function rowsOf({ body }: Answer): readonly SentRow[] {
  const rows = at(body, 'data', 'attributes', 'data');
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

const isTriaged = (row: SentRow): boolean => row.triage_state === 'reviewed';

function indicatorIn(row: SentRow | undefined): Indicator | undefined {
  const text = row?.indicator;
  if (typeof text !== 'string') return undefined;
  return parseIndicator(text).indicator ?? parseIndicator(text, 'OTHER').indicator;
}

function onlyIn(rows: readonly SentRow[], others: readonly SentRow[]): Indicator | undefined {
  const known = new Set(others.map(({ indicator }) => indicator));
  return indicatorIn(rows.find(({ indicator }) => !known.has(indicator)));
}
