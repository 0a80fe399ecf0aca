import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startTestBed } from '../setup/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-rotation-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('when mounted secrets are exchanged, every call that the old ones were refused for is made again with the new', async () => {
  const [token, key] = [join(folder, 'token'), join(folder, 'key')];
  writeFileSync(token, 'demo-token');
  writeFileSync(key, 'demo/key/full');
  const bed = await startTestBed({
    DD_API_KEY: undefined,
    DD_APP_KEY: undefined,
    DD_ACCESS_TOKEN_FILE: token,
    ARGUS_API_KEY: undefined,
    ARGUS_API_KEY_FILE: key,
  });
  const { datadog, argus } = bed.emulators.dataSet;
  await bed.ask('{ reputationTypes { shortName } indicator(value: "before.example.org") { threatScore } }');
  const org = datadog.credentials.tokens.get('demo-token');
  const permissions = argus.keys.get('demo/key/full');
  if (org === undefined || permissions === undefined) throw new Error('the world has other credentials');
  datadog.credentials.tokens.delete('demo-token');
  datadog.credentials.tokens.set('new-token', org);
  argus.keys.delete('demo/key/full');
  argus.keys.set('new/key', permissions);
  writeFileSync(token, 'new-token');
  writeFileSync(key, 'new/key');
  const values = ['evil.example.org', ...Array.from({ length: 30 }, (_, index) => `host-${index}.example.org`)];
  const { data, errors } = await bed.ask(
    'query ($values: [String!]!) { indicators(values: $values) { threatScore memberships { value } } }',
    { values },
  );
  expect(errors).toBeUndefined();
  expect(data.indicators[0]).toMatchObject({ threatScore: 92.5, memberships: { length: 4 } });
  await bed.stop();
});

it('a key that was exchanged for another bad one is not tried a third time', async () => {
  const key = join(folder, 'bad-key');
  writeFileSync(key, 'bad/key/one');
  const bed = await startTestBed({ ARGUS_API_KEY: undefined, ARGUS_API_KEY_FILE: key });
  const ask = () => bed.ask('{ indicator(value: "evil.example.org") { memberships { value } } }');
  await ask();
  const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
  expect(searches()).toHaveLength(1);
  writeFileSync(key, 'bad/key/two');
  const { errors } = await ask();
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } }]);
  expect(searches().length).toBeLessThanOrEqual(3);
  await bed.stop();
});
