import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed } from '../setup/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
/** Replaces a file atomically, as Kubernetes does. */
function write(name: string, value: string): string {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, value);
  renameSync(`${file}.new`, file);
  return file;
}

it('a secret that changes on disk is used without a restart, and the old one never again', async () => {
  const dataSet = createSeededDataSet();
  const [organisation] = dataSet.datadog.credentials.keyPairs.values();
  dataSet.datadog.credentials.keyPairs.set('new-api-key:new-app-key', organisation ?? '');
  const permissions = dataSet.argus.keys.get('demo/key/full');
  if (permissions) dataSet.argus.keys.set('new/argus/key', permissions);
  const bed = await startTestBed(
    {
      DD_API_KEY: undefined,
      DD_API_KEY_FILE: write('dd-api', 'demo-api-key\n'),
      DD_APP_KEY: undefined,
      DD_APP_KEY_FILE: write('dd-app', 'demo-app-key\n'),
      ARGUS_API_KEY: undefined,
      ARGUS_API_KEY_FILE: write('argus', 'demo/key/full\n'),
    },
    { dataSet },
  );
  const query = '{ indicator(value: "evil.example.org", maxAgeSeconds: 0) { threatScore memberships { state } } }';
  const whole = { indicator: { threatScore: 92.5, memberships: expect.anything() } };
  expect((await bed.ask(query)).data).toEqual(whole);

  write('dd-api', 'new-api-key');
  write('dd-app', 'new-app-key');
  write('argus', 'new/argus/key');
  const lastKeys = () => [
    bed.emulators.datadog.lookups.at(-1)?.headers['dd-api-key'],
    bed.emulators.datadog.lookups.at(-1)?.headers['dd-application-key'],
    bed.emulators.argus.requests.at(-1)?.headers['argus-api-key'],
  ];
  const now = ['new-api-key', 'new-app-key', 'new/argus/key'];
  await expect
    .poll(async () => {
      await bed.ask(query);
      return lastKeys();
    })
    .toEqual(now);

  // The old keys are revoked: nothing changes.
  dataSet.datadog.credentials.keyPairs.delete('demo-api-key:demo-app-key');
  dataSet.argus.keys.delete('demo/key/full');
  bed.emulators.datadog.clearRequests();
  bed.emulators.argus.clearRequests();
  for (let times = 0; times < 5; times += 1) {
    expect((await bed.ask(query)).data).toEqual(whole);
    expect(lastKeys()).toEqual(now);
  }
  const all = [...bed.emulators.datadog.requests, ...bed.emulators.argus.requests];
  expect(JSON.stringify(all.map(({ headers }) => headers))).not.toContain('demo');
  await bed.stop();
});

it('a key that was exchanged a moment ago causes no error: after a 401 the file is read again at once', async () => {
  const dataSet = createSeededDataSet();
  const bed = await startTestBed(
    { ARGUS_API_KEY: undefined, ARGUS_API_KEY_FILE: write('rotating', 'demo/key/full') },
    { dataSet },
  );
  const query = '{ indicator(value: "evil.example.org", maxAgeSeconds: 0) { memberships { state } } }';
  expect((await bed.ask(query)).errors).toBeUndefined();
  const permissions = dataSet.argus.keys.get('demo/key/full');
  if (permissions) dataSet.argus.keys.set('new/argus/key', permissions).delete('demo/key/full');
  write('rotating', 'new/argus/key');
  expect((await bed.ask(query)).errors).toBeUndefined();
  await bed.stop();
});
