import { describe, expect, it } from 'vitest';
import type { Secret } from '../../src/config/secret.ts';
import { createCredentials, partitionOf, serviceCredential } from '../../src/sources/credential.ts';
import { nightWatch } from './night-watch/index.ts';

const url = 'https://upstream.example';

/** A secret that is read as these values, one after the other; then as the last of them for ever. */
function scripted(...values: readonly string[]): Secret {
  let at = 0;
  return { read: () => values[Math.min(at++, values.length - 1)] as string, reload: () => false };
}

describe('the credential of the gateway', () => {
  it('has the partition of the key that it holds, whenever the secret changes', () => {
    const of = (key: string) => partitionOf(JSON.stringify([key]), url);
    for (const values of [
      ['old', 'new', 'old'],
      ['old', 'old', 'new', 'old'],
      ['old', 'new', 'new', 'old', 'old'],
    ]) {
      const secret = scripted(...values);
      const credential = serviceCredential({ secrets: [secret], headers: () => ({ key: secret.read() }), url });
      for (const value of values) expect(credential.partition).toBe(of(value));
    }
  });

  it('never shares a partition with another, however the keys are cut', () => {
    const partition = (...keys: readonly string[]) =>
      serviceCredential({
        secrets: [],
        headers: () => Object.fromEntries(keys.map((key, index) => [`key-${index}`, key])),
        url,
      }).partition;
    const all = [['a', 'b'], ['ab'], ['a', 'b', ''], ['["a","b"]'], ['b', 'a'], ['a,b']];
    expect(new Set(all.map(keys => partition(...keys))).size).toBe(all.length);
  });
});

describe('the credential of a caller', () => {
  const settings = { url, keyFrom: 'caller' } as const;
  const policy = { source: nightWatch, settings, service: undefined };

  it.each([
    ['nothing was sent', {}],
    ['an empty set of headers was sent', { NIGHT_WATCH: {} }],
    ['another header was sent', { NIGHT_WATCH: { key: 'x' } }],
  ])('is none where %s', (_, keys) => {
    expect(createCredentials(policy).credentialFor(keys, { see: true })).toMatchObject({ kind: 'DENIED' });
  });

  it('is none of a source whose name every object has', () => {
    const source = { ...nightWatch, name: 'constructor' };
    expect(createCredentials({ ...policy, source }).credentialFor({}, { see: true })).toMatchObject({ kind: 'DENIED' });
  });
});
