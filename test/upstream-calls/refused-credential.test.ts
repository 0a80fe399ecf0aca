import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock, type TestClock } from '../setup/test-clock.ts';

let bed: TestBed;
let clock: TestClock;
afterEach(() => bed.stop());
const open = async (environment: Environment = {}) => {
  clock = createTestClock();
  bed = await startTestBed(environment, {}, undefined, undefined, { clock });
};

const hosts = Array.from({ length: 500 }, (_, index) => `host-${index}.example.org`);
const poll = (field: 'threatScore' | 'memberships { value }', values: readonly string[] = hosts, headers = {}) =>
  bed.ask(`query ($values: [String!]!) { indicators(values: $values) { ${field} } }`, { values }, headers);
const codes = ({ errors }: Awaited<ReturnType<typeof poll>>) => [
  ...new Set(errors?.map(({ extensions }) => extensions.code)),
];
const lookups = () => bed.emulators.datadog.lookups.length;
const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search')).length;

const denied = ['UPSTREAM_DENIED'];
const refusals = [
  ['a wrong key', { DD_APP_KEY: 'wrong' }],
  ['a wrong token', { DD_API_KEY: undefined, DD_APP_KEY: undefined, DD_ACCESS_TOKEN: 'wrong' }],
] as const;

describe('a credential that Datadog refuses', () => {
  it.each(refusals)('for %s costs what had been sent at once, and nothing for ten seconds', async (_, environment) => {
    await open(environment);
    for (let count = 0; count < 3; count++) expect(codes(await poll('threatScore'))).toEqual(denied);
    expect(lookups()).toBeLessThanOrEqual(32);
  });

  it.each(refusals)('for %s costs one call afterwards, each time it is tried again', async (_, environment) => {
    await open(environment);
    expect(codes(await poll('threatScore', hosts.slice(0, 1)))).toEqual(denied);
    for (let count = 0; count < 3; count++) {
      clock.pass(10_000);
      expect(codes(await poll('threatScore'))).toEqual(denied);
    }
    expect(lookups()).toBe(4);
  });

  it('is asked with for all again as soon as one call was answered', async () => {
    await open();
    bed.emulators.datadog.faults.add({ kind: 'status', status: 403 });
    await poll('threatScore', hosts.slice(0, 1));
    bed.emulators.datadog.faults.clear();
    clock.pass(10_000);
    expect((await poll('threatScore')).errors).toBeUndefined();
    expect(lookups()).toBe(501);
  });

  it('stands in nobody else’s way', async () => {
    await open({ DATADOG_KEY_FROM: 'caller' });
    const keys = (app: string) => ({ 'dd-api-key': 'demo-api-key', 'dd-application-key': app });
    expect(codes(await poll('threatScore', hosts, keys('wrong')))).toEqual(denied);
    expect((await poll('threatScore', hosts.slice(0, 3), keys('demo-app-key'))).errors).toBeUndefined();
  });

  it('is not remembered for the secret that it was exchanged for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-refused-'));
    const token = join(folder, 'token');
    writeFileSync(token, 'wrong');
    await open({ DD_API_KEY: undefined, DD_APP_KEY: undefined, DD_ACCESS_TOKEN_FILE: token });
    expect(codes(await poll('threatScore'))).toEqual(denied);
    writeFileSync(token, 'demo-token');
    expect((await poll('threatScore', hosts.slice(0, 3))).errors).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  it('is not meant by a firewall that refuses one value', async () => {
    await open();
    bed.emulators.datadog.faults.add({ kind: 'html', status: 403, times: 1 });
    expect(codes(await poll('threatScore', hosts.slice(0, 1)))).toEqual(denied);
    expect((await poll('threatScore', hosts.slice(1, 3))).errors).toBeUndefined();
  });
});

describe('a credential that Argus refuses', () => {
  it('costs one call in ten seconds', async () => {
    await open({ ARGUS_API_KEY: 'no/such/key' });
    for (let count = 0; count < 3; count++) expect(codes(await poll('memberships { value }'))).toEqual(denied);
    expect(searches()).toBe(1);
  });

  it('is not meant by a 403, which may be about a property', async () => {
    await open();
    bed.emulators.argus.faults.add({ kind: 'status', status: 403, times: 1 });
    expect(codes(await poll('memberships { value }', hosts.slice(0, 1)))).toEqual(denied);
    expect((await poll('memberships { value }', hosts.slice(1, 3))).errors).toBeUndefined();
  });
});
