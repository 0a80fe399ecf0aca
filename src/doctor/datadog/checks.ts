/** What Datadog's answers say about what the gateway assumes. Pure. */
import { echoOf } from '../../sources/datadog/echo.ts';
import { errorAnswer, listAnswer } from '../../sources/datadog/wire.ts';
import { at, isObject, isSuccess, kindOf, outcomeOf, type SentRow } from '../answer.ts';
import type { Answer } from '../ask.ts';
import { type Checks, differs, type Judgement, notAsked, ok } from '../check.ts';
import { compareFields } from '../fields.ts';
import { indicatorShape, rowShape } from './fields.ts';
import { type DatadogAnswers, historyLimit, rowsOf } from './questions.ts';

/** Why there is no answer about an indicator that Datadog knows. */
function withoutAnswer({ known }: DatadogAnswers): Judgement {
  if (known === undefined) return notAsked('its list is empty: name an indicator that it knows with --value');
  if (known.answer.status === 404) return notAsked('Datadog does not know the indicator that was asked');
  return isSuccess(known.answer)
    ? differs('what is said of an indicator is not where it is documented: MALFORMED')
    : differs(`the question about an indicator ${outcomeOf(known.answer)}`);
}

function judgeList({ list }: DatadogAnswers): Judgement {
  if (!isSuccess(list) || !listAnswer.safeParse(list.body).success)
    return differs(
      `the list of indicators ${outcomeOf(list)}: it proves the address, and without it "unknown" is MALFORMED and nothing is NO_MATCH; check DATADOG_URL, DD_SITE and the organisation's IoC Explorer`,
    );
  const count = at(list.body, 'data', 'attributes', 'metadata', 'count');
  const rows = rowsOf(list).length;
  if (rows > 1) return differs(`limit=1 brought ${rows} rows: a limit is not obeyed`);
  if (typeof count !== 'number') return differs(`the count of the list is ${kindOf(count)}, and not a number`);
  return ok(`the list answers limit=1 with ${rows} row(s) and a count`);
}

const foundIn = ({ known }: DatadogAnswers): SentRow | undefined => {
  const row = known && isSuccess(known.answer) ? at(known.answer.body, 'data', 'attributes', 'data') : undefined;
  return isObject(row) ? row : undefined;
};

const otherwise =
  'evidence is read in every form that means one thing, decoration falls to null, what is not documented is in otherFields';

function judgeEcho(answers: DatadogAnswers): Judgement {
  const found = foundIn(answers);
  if (answers.known === undefined || found === undefined) return withoutAnswer(answers);
  const named = found.indicator;
  if (typeof named !== 'string')
    return differs(`an answer does not name its indicator (${kindOf(named)}): it is believed`);
  const echo = echoOf(named, answers.known.asked);
  if (echo === undefined) return differs('an answer names another indicator: such answers are MALFORMED');
  if (echo.covering !== undefined)
    return differs('an answer names a parent or block of what was asked: it counts one step less (COVERING_ONLY)');
  const isExact = named === answers.known.asked.value;
  return isExact
    ? ok('an answer names what was asked')
    : differs('an answer spells the indicator otherwise: it is believed');
}

function judgeScore(answers: DatadogAnswers): Judgement {
  const sent = [foundIn(answers), ...answers.rows].map(row => Number(row?.score ?? 0));
  const scores = sent.filter(score => score > 0);
  const highest = Math.max(...scores);
  if (scores.length === 0) return notAsked('no score above 0 was seen');
  const scale = 'VERDICT_MALICIOUS_FROM and VERDICT_SUSPICIOUS_FROM are for 0 to 100';
  if (highest <= 1) return differs(`the highest of ${scores.length} scores is at most 1: ${scale}`);
  if (highest > 100) return differs(`a score is above 100: ${scale}`);
  return ok(`the highest of ${scores.length} scores is above 1 and at most 100`);
}

function judgeOcsf({ oneMatcher, known }: DatadogAnswers): Judgement {
  const fromLists = [...oneMatcher, ...(known?.isListed ? [known] : [])];
  if (fromLists.some(({ answer }) => answer.status === 404))
    return differs('an indicator of the list is unknown when ocsf is left out: set DATADOG_OCSF=both');
  if (oneMatcher.length < 2 || !oneMatcher.every(({ answer }) => isSuccess(answer)))
    return notAsked('no indicators were seen of which each is in one matcher alone (25 rows of each)');
  return ok('left out, ocsf finds what either matcher alone lists');
}

const eventsIn = (answer: Answer | undefined): number => {
  const events = at(answer?.body, 'data', 'attributes', 'data', 'triage_history');
  return Array.isArray(events) ? events.length : 0;
};

function judgeHistory(answers: DatadogAnswers): Judgement {
  const found = foundIn(answers);
  if (answers.known === undefined || found === undefined) return withoutAnswer(answers);
  const [all, limited] = [eventsIn(answers.known.answer), eventsIn(answers.longHistory)];
  if (all === 0 && limited === 0)
    return found.triage_state === 'reviewed'
      ? differs('what is reviewed has no triage history: triageHistory is TRUNCATED')
      : notAsked('nobody has triaged it: name a reviewed indicator with --value');
  if (limited > all)
    return differs(
      `without a limit ${all} events came, with one of ${historyLimit} ${limited}: the rest is asked page by page`,
    );
  return limited < all
    ? differs(`a limit of ${historyLimit} brought ${limited} of ${all} events: there is a lower maximum`)
    : ok(`without a limit came as many events as with one of ${historyLimit}`);
}

function judgeUnknown({ unknown }: DatadogAnswers): Judgement {
  if (unknown.status === 404 && errorAnswer.safeParse(unknown.body).success)
    return ok('an unknown indicator is 404 with errors');
  const what = unknown.status === 404 ? 'is a 404 without errors of the API' : outcomeOf(unknown);
  return differs(`an unknown indicator ${what}: every one of them is MALFORMED, and nothing is NO_MATCH`);
}

function judgeRoute({ noRoute }: DatadogAnswers): Judgement {
  if (noRoute.status !== 404) return differs(`an unknown route ${outcomeOf(noRoute)}, and is not 404`);
  const looksAlike = errorAnswer.safeParse(noRoute.body).success;
  return ok(`an unknown route is 404 ${looksAlike ? 'and looks like' : 'and does not look like'} an unknown indicator`);
}

function judgeKinds({ undocumentedKind: answer }: DatadogAnswers): Judgement {
  if (answer.status === 404 || isSuccess(answer)) return ok('an e-mail address, which no page names, is looked up');
  const meaning = answer.status === 400 ? 'NOT_APPLICABLE for such types' : 'that is the status of such types';
  return differs(`an e-mail address, which no page names, ${outcomeOf(answer)}: ${meaning}`);
}

const budgetHeaders = ['x-ratelimit-limit', 'x-ratelimit-period', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

function judgeBudget({ list }: DatadogAnswers): Judgement {
  const sent = budgetHeaders.filter(name => list.headers[name] !== undefined);
  if (sent.length === 0) return ok('no rate-limit headers: the gateway learns of a limit from a 429');
  const isReadable = sent.every(name => /^\d+$/.test(String(list.headers[name])));
  if (sent.length === budgetHeaders.length && isReadable) return ok('the rate-limit headers are all there, as numbers');
  return differs(`of the rate-limit headers only ${sent.join(', ')} came, or not as numbers: they may be of no use`);
}

export const datadogChecks: Checks<DatadogAnswers> = {
  list: judgeList,
  rows: ({ rows }) =>
    compareFields(rows, rowShape, { asAssumed: `${rows.length} rows of the list are as documented`, otherwise }),
  fields: answers => {
    const found = foundIn(answers);
    const asAssumed = 'what Datadog says of an indicator is as documented';
    return found === undefined
      ? withoutAnswer(answers)
      : compareFields([found], indicatorShape, { asAssumed, otherwise });
  },
  echo: judgeEcho,
  score: judgeScore,
  ocsf: judgeOcsf,
  history: judgeHistory,
  unknown: judgeUnknown,
  route: judgeRoute,
  kinds: judgeKinds,
  budget: judgeBudget,
};
