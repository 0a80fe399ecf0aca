/** What Argus's answers say about counts, limits and pages. Pure. */
import { rowsPerCall } from '../../sources/argus/client.ts';
import { at, isObject, isSuccess, kindOf, outcomeOf } from '../answer.ts';
import type { Answer } from '../ask.ts';
import { type Checks, differs, type Judgement, notAsked, ok } from '../check.ts';
import { compareFields } from '../fields.ts';
import { resultSetShape } from './fields.ts';
import type { ArgusAnswers } from './questions.ts';
import { rowsOf, textOf } from './rows.ts';

function judgeCount({ first, many }: ArgusAnswers): Judgement {
  const tail = 'counts are believed only as far as the rows bear them out, which costs a page more';
  const [count, sent] = [at(first.body, 'count'), rowsOf(first).length];
  if (!isSuccess(first)) return notAsked(`the search ${outcomeOf(first)}`);
  if (typeof count !== 'number') return differs(`count is ${kindOf(count)}: ${tail}`);
  if (count < sent) return differs(`count is ${count} beside ${sent} rows: ${tail}`);
  const received = rowsOf(many).length;
  if (count < received)
    return differs(`count is ${count} with a limit of 25, and ${received} rows came with more: ${tail}`);
  return ok(`count is ${count}, with ${sent} and ${received} rows`);
}

/** Which limit was asked for, and what came of it. */
function judgeLimits({ first, after, many }: ArgusAnswers): Judgement {
  const pages = [
    [1, after],
    [25, first],
    [rowsPerCall, many],
  ] as const;
  const problems = pages.flatMap(([limit, answer]) => (answer === undefined ? [] : limitProblems(limit, answer)));
  return problems.length > 0
    ? differs(`${problems.join('; ')}: the gateway asks for less, and reads more pages`)
    : ok(`limits of 1, 25 and ${rowsPerCall} are obeyed and come back`);
}

function limitProblems(limit: number, answer: Answer): readonly string[] {
  if (!isSuccess(answer)) return [`a limit of ${limit} ${outcomeOf(answer)}`];
  const [used, count, sent] = [at(answer.body, 'limit'), at(answer.body, 'count'), rowsOf(answer).length];
  const problems: string[] = [];
  if (sent > limit) problems.push(`a limit of ${limit} brought ${sent} rows`);
  if (used !== limit)
    problems.push(`a limit of ${limit} comes back as ${typeof used === 'number' ? used : kindOf(used)}`);
  if (used === limit && typeof count === 'number' && sent < Math.min(limit, count))
    problems.push(`a limit of ${limit} brought ${sent} of ${count} rows`);
  return problems;
}

const note = /^(notification|info)$/i;

function judgeEnvelope({ first }: ArgusAnswers): Judgement {
  const { body } = first;
  if (!isObject(body)) return notAsked(`the search ${outcomeOf(first)}`);
  const metaData = at(body, 'metaData');
  const flags = isObject(metaData) ? Object.values(metaData) : [];
  const messages = at(body, 'messages');
  if (Array.isArray(messages) && messages.some(message => !note.test(String(at(message, 'type')))))
    return differs('a successful answer has a message that is no note: matches stand, and it proves no absence');
  if (flags.includes(true)) return differs('metaData has a flag that is set: such an answer proves no absence');
  const sent = rowsOf(first).length;
  if (typeof body.size === 'number' && body.size !== sent)
    return differs(`size is ${body.size} beside ${sent} rows: nothing depends on it`);
  return compareFields([body], resultSetShape, {
    asAssumed: 'what is around the rows is as documented',
    otherwise: 'data decides, the numbers beside it are believed where they make sense',
  });
}

function judgeAfter({ first, after }: ArgusAnswers): Judgement {
  const values = rowsOf(first).map(textOf);
  if (after === undefined || new Set(values).size < 2) return notAsked('fewer than two values are listed');
  if (!isSuccess(after)) return differs(`afterValue ${outcomeOf(after)}: reputationRecords ends at 10,000 records`);
  const [next] = rowsOf(after).map(textOf);
  if (next === values[0]) return ok('a page begins with the value of afterValue itself');
  return next === values.find(value => value !== values[0])
    ? ok('a page begins behind afterValue')
    : differs('a page does not go on behind afterValue: pages past 10,000 records are MALFORMED');
}

function judgeHeaders({ first }: ArgusAnswers): Judgement {
  const sent = Object.keys(first.headers).filter(name => /^(x-)?ratelimit|^retry-after$/.test(name));
  if (sent.length === 0) return ok('no rate-limit headers, as in all that is public');
  return differs(
    'there are rate-limit headers, of which no document speaks: read if they have the form of X-RateLimit-*',
  );
}

export const pageChecks: Checks<ArgusAnswers> = {
  count: judgeCount,
  limits: judgeLimits,
  envelope: judgeEnvelope,
  afterValue: judgeAfter,
  budget: judgeHeaders,
};
