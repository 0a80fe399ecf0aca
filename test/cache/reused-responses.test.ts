/** A response may be used again as long as each cached fact in it would be served again. */
import { expect, it } from 'vitest';
import { openControlled } from './controlled-source.ts';

/** A fact that was served from the cache, and whether a response with it may be used again. */
async function openServed() {
  const bed = openControlled();
  const { ask, sent, context, request, pass } = bed;
  const asked = await ask();
  await sent[0]?.succeed('here');
  await asked.outcome;
  const hit = bed.facts.peek([request()], context());
  pass(1);
  const askAgain = async () => {
    await ask(request([], { maxAgeMs: 0 }));
    return sent[1];
  };
  return { ...bed, askAgain, mayBeUsed: () => hit?.served.isCurrent() };
}

it('A response may be used again while memory holds its fact and the credential is the same', async () => {
  const { mayBeUsed } = await openServed();
  expect(mayBeUsed()).toBe(true);
});

it('A response is not used again when its fact was replaced', async () => {
  const { askAgain, mayBeUsed } = await openServed();
  await (await askAgain())?.succeed('newer');
  expect(mayBeUsed()).toBe(false);
});

it('A response is not used again when the secret was exchanged', async () => {
  const { secrets, mayBeUsed } = await openServed();
  secrets.current = 'another';
  expect(mayBeUsed()).toBe(false);
});

it('A response is not used again when its credential was denied', async () => {
  const { askAgain, mayBeUsed } = await openServed();
  await (await askAgain())?.fail('DENIED', 401);
  expect(mayBeUsed()).toBe(false);
});
