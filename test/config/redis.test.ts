import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { sources } from '../../src/sources/index.ts';

const keys = { ARGUS_API_KEY: 'a/b/c' };
const read = (environment: Record<string, string>) => readConfig({ ...keys, ...environment }, sources).redis;

describe('REDIS_URL', () => {
  it('is one address, or those of a cluster', () => {
    expect(read({})).toBeUndefined();
    expect(read({ REDIS_URL: 'redis://cache.example.com/3' })?.addresses()).toEqual([
      { host: 'cache.example.com', port: 6379, isTls: false, serverName: 'cache.example.com', database: 3 },
    ]);
    const cluster = read({ REDIS_URL: 'rediss://one:7000, rediss://[::1]:7001' })?.addresses();
    expect(cluster?.map(({ host, port, isTls }) => [host, port, isTls])).toEqual([
      ['one', 7000, true],
      ['::1', 7001, true],
    ]);
  });

  it('carries a user and a password, before which those of their own variables go', () => {
    const REDIS_URL = 'redis://user:s3cret%2F@127.0.0.1';
    expect(read({ REDIS_URL })?.credentials()).toEqual({ username: 'user', password: 's3cret/' });
    const own = { REDIS_USERNAME: 'other', REDIS_PASSWORD: 'token' };
    expect(read({ REDIS_URL, ...own })?.credentials()).toEqual({ username: 'other', password: 'token' });
  });

  it.each([
    'localhost:6379',
    'http://127.0.0.1:6379',
    'redis+sentinel://127.0.0.1:26379/mymaster',
    'redis://user:hunter2@',
    'redis://user:hunter2@127.0.0.1:99999',
    'redis://user:hunter2@127.0.0.1/database',
    'redis://user:hunter2@127.0.0.1,hunter2',
    'hunter2',
  ])('is refused at the start when it is none, without being repeated: %s', REDIS_URL => {
    expect(() => read({ REDIS_URL })).toThrow(
      /REDIS_URL must be an address that begins with redis:\/\/ or rediss:\/\//,
    );
    expect(() => read({ REDIS_URL })).not.toThrow(/hunter2/);
  });
});

describe('REDIS_SENTINELS', () => {
  const both = { REDIS_SENTINELS: 'one:26379,rediss://two:26380', REDIS_SENTINEL_NAME: 'mymaster' };

  it('say where the master is, with a password of their own', () => {
    const config = read({ ...both, REDIS_SENTINEL_PASSWORD: 'theirs', REDIS_PASSWORD: 'its' });
    expect(config?.addresses().map(({ host, port, isTls }) => [host, port, isTls])).toEqual([
      ['one', 26379, false],
      ['two', 26380, true],
    ]);
    expect(config?.credentials()).toEqual({ username: undefined, password: 'its' });
    expect(config?.sentinel?.name).toBe('mymaster');
    expect(config?.sentinel?.credentials()).toEqual({ username: undefined, password: 'theirs' });
  });

  it.each([
    [{ ...both, REDIS_URL: 'redis://x' }, /REDIS_SENTINELS is set beside REDIS_URL/],
    [{ REDIS_SENTINELS: 'one:26379' }, /REDIS_SENTINELS and REDIS_SENTINEL_NAME go together/],
    [{ REDIS_SENTINEL_NAME: 'mymaster' }, /REDIS_SENTINELS and REDIS_SENTINEL_NAME go together/],
    [{ REDIS_SENTINEL_PASSWORD: 'x' }, /REDIS_SENTINEL_PASSWORD is set without REDIS_SENTINELS/],
    [{ REDIS_PASSWORD: 'x' }, /REDIS_USERNAME and REDIS_PASSWORD are for REDIS_URL or REDIS_SENTINELS/],
    [{ ...both, REDIS_SENTINELS: 'one' }, /REDIS_SENTINELS must be addresses like sentinel-1:26379/],
  ])('are refused where they cannot be meant: %o', (environment, message) => {
    expect(() => read(environment)).toThrow(message);
  });
});
