import { beforeEach, expect, test } from 'vitest';
import { type AuditOptions, createAudit } from '../../src/observability/audit.ts';
import type { OperationOutcome } from '../../src/observability/metrics.ts';
import { silentLog } from '../setup/silent-log.ts';

let lines: string[];
let clock: number;

beforeEach(() => {
  lines = [];
  clock = Date.parse('2026-11-22T10:00:00Z');
});

function openAudit(more: Partial<AuditOptions> = {}) {
  const destination = { write: (line: string) => lines.push(line) };
  return createAudit({
    destination,
    indicators: 'plain',
    log: silentLog,
    clock: { wall: () => clock, monotonic: () => clock },
    ...more,
  });
}

const records = () => lines.map(line => JSON.parse(line));

test('one operation is one line with its caller, indicators, sources and outcome', () => {
  const record = openAudit().open({ requestId: 'r1', auth: 'jwt', caller: 'analyst', address: '192.0.2.1' });
  record.note({ operationName: 'Score', operationHash: 'abc', indicators: ['evil.example'] });
  record.note({ contacted: ['DATADOG'], servedFrom: ['LIVE', 'CACHE'] });
  clock += 12;
  record.close('partial', ['UPSTREAM_TIMEOUT']);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  expect(records()).toEqual([
    {
      time: '2026-11-22T10:00:00.000Z',
      requestId: 'r1',
      auth: 'jwt',
      caller: 'analyst',
      address: '192.0.2.1',
      operationName: 'Score',
      operationHash: 'abc',
      contacted: ['DATADOG'],
      servedFrom: ['LIVE', 'CACHE'],
      indicatorCount: 1,
      indicators: ['evil.example'],
      outcome: 'partial',
      codes: ['UPSTREAM_TIMEOUT'],
      durationMs: 12,
    },
  ]);
});

test.each<OperationOutcome>(['ok', 'partial', 'failed', 'refused', 'cancelled'])(
  'an operation that ends as %s is written once, even if its end is told twice',
  outcome => {
    const record = openAudit().open({ requestId: 'r1', auth: 'none' });
    record.close(outcome);
    record.close('failed');
    record.note({ caller: 'too late' });
    expect(records()).toMatchObject([{ outcome, caller: null }]);
  },
);

test('equal indicators have equal hashes under one key, other hashes under another, and are not readable', () => {
  const write = (hmacKey: (() => string) | undefined) => {
    const record = openAudit({ indicators: 'hmac', hmacKey }).open({ requestId: 'r1', auth: 'none' });
    record.note({ indicators: ['evil.example', 'other.example'] });
    record.close('ok');
    return records().at(-1).indicators;
  };
  const first = write(() => 'key');
  expect(first).toEqual([expect.stringMatching(/^[\w-]{22}$/), expect.stringMatching(/^[\w-]{22}$/)]);
  expect(first[0]).not.toBe(first[1]);
  expect(write(() => 'key')).toEqual(first);
  expect(write(() => 'other')).not.toEqual(first);
  expect(write(undefined)).not.toEqual(write(undefined));
  expect(lines.join('')).not.toContain('example');
});

test('line breaks, ANSI sequences, C1 controls and bidirectional marks in what callers chose are inert', () => {
  const nasty = 'a\r\n{"outcome":"ok"}\u001b[31m\u009b2J\u2028\u202e\u0000\u007f\ufeff';
  const record = openAudit().open({ requestId: nasty, auth: 'jwt', caller: nasty });
  record.note({ operationName: nasty, indicators: [nasty] });
  record.close('ok', [nasty]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[\x20-\x7e]+\n$/);
  expect(records()[0].indicators).toEqual([nasty]);
});

test('a destination that fails fails no operation', () => {
  const destination = {
    write: () => {
      throw new Error('EPIPE');
    },
  };
  const record = openAudit({ destination }).open({ requestId: 'r1', auth: 'none' });
  expect(() => record.close('ok')).not.toThrow();
});

test('an enormous text is cut', () => {
  const record = openAudit().open({ requestId: 'r1', auth: 'jwt', caller: 'x'.repeat(1_000_000) });
  record.close('ok');
  expect(lines[0]?.length).toBeLessThan(3_000);
});
