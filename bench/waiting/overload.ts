/** What becomes of callers who ask for more than there is room for. */
import { createHash } from 'node:crypto';
import type { Round } from '../figures.ts';
import { createQuestions } from '../questions.ts';
import type { Answer } from './answer.ts';
import { type Asked, after, ask, closedLoop, openLoop } from './asking.ts';
import { bothAt, in512Mb, type Place, withBed } from './bed.ts';
import { briefOf, type Question } from './question.ts';

const sum = (asked: readonly Asked[], of: (one: Asked) => number): number =>
  asked.reduce((total, one) => total + of(one), 0);

/** The first that this gateway is asked: five lists of 500 new values. */
export const listsAtOnce = (place: Place): Promise<Round> =>
  withBed(place, { upstream: bothAt(100) }, async ({ gateway }) => {
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(gateway, briefOf(500))));
    return {
      'values that lose a source': answers.reduce((total, { toldWhen, untold }) => total + toldWhen + untold, 0),
      'ms until all are answered': performance.now() - began,
    };
  });

const capacity = 32;

/** Datadog serves 32 at once, each for a second; twice as many are asked for. */
export const twiceTheCapacity = (place: Place): Promise<Round> =>
  withBed(place, { upstream: { datadog: { latencyMs: 1000, atOnce: capacity } } }, async ({ gateway, upstream }) => {
    const [from, until] = [14_000 * place.scale, 24_000 * place.scale];
    const asked = await openLoop(gateway, () => briefOf(1), 2 * capacity, after(until));
    const { datadog } = await upstream.behave({});
    const inTime = asked.filter(({ atMs, tookMs }) => atMs + tookMs >= from && atMs + tookMs < until);
    const complete = (some: readonly Asked[]) => sum(some, ({ answer }) => answer.complete);
    return {
      'goodput, of the capacity': complete(inTime) / ((until - from) / 1000) / capacity,
      'calls for an answer': datadog.calls / complete(asked),
      'share without an answer and not told when': sum(asked, ({ answer }) => answer.untold) / asked.length,
    };
  });

const callers = Array.from({ length: 8 }, (_, index) => ({ name: `caller-${index}`, key: `key-${index}` }));
const hashed = callers.map(({ name, key }) => `${name}:${createHash('sha256').update(key).digest('hex')}`);

/** All at once: as many as the rate limit of each caller allows. */
export const listsOfEightCallers = (place: Place): Promise<Round> => {
  const environment = { AUTH: 'api-key', API_KEYS: hashed.join(','), RATE_LIMIT_INDICATORS_PER_MINUTE: '6000' };
  return withBed(place, { ...in512Mb, environment, upstream: bothAt(2) }, async ({ gateway }) => {
    const questions = callers.flatMap(({ key }) => Array.from({ length: 12 }, () => signed(briefOf(500), key)));
    const answers = await Promise.all(questions.map(question => ask(gateway, question)));
    const lives = (await ask(gateway, signed(briefOf(1), 'key-0'))).status !== 0;
    const share = (of: (answer: Answer) => number) =>
      answers.reduce((total, answer) => total + of(answer), 0) / (questions.length * 500);
    return {
      'lives (1)': Number(lives),
      'values answered whole': share(({ complete }) => complete),
      'values told when': share(({ toldWhen }) => toldWhen),
      'values not told when': share(({ untold }) => untold),
      'lists lost': answers.filter(({ status }) => status === 0).length,
      ...(lives && { 'peak MB': gateway.peakMb() }),
    };
  });
};

const signed = (question: Question, key: string): Question => ({
  ...question,
  headers: { ...question.headers, authorization: `Bearer ${key}` },
});

/** New texts, texts with ten aliases, and cold lists of a hundred, for a minute. */
export const mixedInContainer = (place: Place): Promise<Round> =>
  withBed(place, { ...in512Mb, upstream: bothAt(2) }, async ({ gateway }) => {
    const questions = createQuestions();
    const mix = { text: () => questions.text(), literals: () => questions.literals(), cold: () => questions.cold(100) };
    const turns = [mix.text, mix.literals, mix.cold];
    let turn = 0;
    const next = (): Question => ({ ...(turns[turn++ % turns.length] ?? mix.text)(), values: 0 });
    const rates: number[] = [];
    for (let tenth = 0; tenth < 6; tenth += 1) {
      const asked = await closedLoop(gateway, next, 16, 10_000 * place.scale);
      rates.push(asked.filter(({ answer }) => answer.status === 200).length);
    }
    const [first = 0] = rates;
    return {
      'the last 10 s, of the first': (rates.at(-1) ?? 0) / first,
      'a second, at first': first / 10 / place.scale,
      'peak MB': gateway.peakMb(),
    };
  });
