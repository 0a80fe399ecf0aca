/** How much of an outage reaches the callers. */
import type { Round } from '../figures.ts';
import { type Asked, after, openLoop } from './asking.ts';
import { type Place, withBed } from './bed.ts';
import { briefOf } from './question.ts';

/** One of three calls to Datadog is answered 503. */
export const oneOfThreeFails = (place: Place): Promise<Round> =>
  withBed(place, { upstream: { datadog: { latencyMs: 20, failing: 1 / 3 } } }, async ({ gateway, upstream }) => {
    const asked = await openLoop(gateway, () => briefOf(1), 200, after(20_000 * place.scale));
    const { datadog } = await upstream.behave({});
    const complete = asked.filter(({ answer }) => answer.complete === 1).length;
    return {
      'share of complete answers': complete / asked.length,
      'calls for an operation': datadog.calls / asked.length,
    };
  });

/** How long one waits for the way back, before it is given up. */
const longestMs = 90_000;

/** Datadog's connections are cut for 80 s under steady traffic, and then it is well. */
export const wayBack = (place: Place): Promise<Round> =>
  withBed(place, { upstream: { datadog: { latencyMs: 20 } } }, async ({ gateway, upstream }) => {
    const ask = (isOver: Parameters<typeof openLoop>[3]) => openLoop(gateway, () => briefOf(1), 5, isOver);
    await ask(after(5000 * place.scale));
    await upstream.behave({ datadog: { isDown: true } });
    await ask(after(80_000 * place.scale));
    const { datadog } = await upstream.behave({ datadog: { isDown: false } });
    const back = await ask((elapsedMs, asked) => asked.some(isComplete) || elapsedMs > longestMs);
    const first = Math.min(...back.filter(isComplete).map(({ atMs, tookMs }) => atMs + tookMs));
    return { 's until the first answer': first / 1000, 'calls to Datadog before': datadog.calls };
  });

const isComplete = ({ answer }: Asked): boolean => answer.complete === 1;
