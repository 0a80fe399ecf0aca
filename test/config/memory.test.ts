import { describe, expect, it } from 'vitest';
import { defaultLimitMb, memoryWarnings, shareMemory } from '../../src/config/memory.ts';
import { readConfig } from '../setup/config.ts';

const megabyte = 1024 * 1024;
const keys = { DD_API_KEY: 'key', DD_APP_KEY: 'key' };
const inMb = (limitMb: number) =>
  Object.fromEntries(Object.entries(shareMemory(limitMb)).map(([part, bytes]) => [part, bytes / megabyte]));

describe('the shares of the memory', () => {
  it.each([32, 100, 177, 1_000, 100_000])('of %d MB add up to no more, and none is nothing', limitMb => {
    const shares = Object.values(shareMemory(limitMb));
    expect(shares.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(limitMb * megabyte);
    for (const bytes of shares) expect(bytes).toBeGreaterThan(300_000);
  });

  it('grow with the figure, and no further than is of use', () => {
    expect(inMb(100)).toMatchObject({ work: 45, facts: 25, operations: 12, fragments: 8 });
    expect(inMb(10_000)).toMatchObject({ work: 256, facts: 64, operations: 64, fragments: 24 });
  });
});

describe('the figure', () => {
  it('is half of the heap’s limit, or of the container’s where that is less', () => {
    const heapLimit = 400 * megabyte;
    expect(defaultLimitMb({ heapLimit, containerLimit: 0 })).toBe(200);
    expect(defaultLimitMb({ heapLimit, containerLimit: 512 * megabyte })).toBe(200);
    expect(defaultLimitMb({ heapLimit, containerLimit: 256 * megabyte })).toBe(128);
  });

  it('is MEMORY_LIMIT_MB where that is set', () => {
    expect(readConfig(keys).memoryLimitMb).toBeUndefined();
    expect(readConfig({ ...keys, MEMORY_LIMIT_MB: '120' }).memoryLimitMb).toBe(120);
  });

  it.each(['31', '1.5', '512Mi', 'all'])(
    'is never %s: the problem names the variable and what would be right',
    given => {
      expect(() => readConfig({ ...keys, MEMORY_LIMIT_MB: given })).toThrow(
        'MEMORY_LIMIT_MB must be a whole number from 32 to 1048576',
      );
    },
  );

  it('that the process has no room for is warned of', () => {
    const memory = { heapLimit: 300 * megabyte, containerLimit: 512 * megabyte };
    expect(memoryWarnings(150, memory)).toEqual([]);
    expect(memoryWarnings(151, memory)).toEqual([
      'MEMORY_LIMIT_MB is 151, but this process has room for 150: lower it, or raise its memory',
    ]);
  });
});
