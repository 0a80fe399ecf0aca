import { describe, expect, it } from 'vitest';
import { joinReports, mergeReports } from '../../src/sources/report.ts';
import { report } from '../domain/answers.ts';

const stale = report('DATADOG', 'MATCHED', {
  servedFrom: 'STALE_CACHE',
  staleBecause: 'TIMED_OUT',
  fetchedAt: '2026-07-01',
});
const failed = report('DATADOG', 'MALFORMED', { servedFrom: null, detail: 'unusable' });
const absent = report('DATADOG', 'NO_MATCH', { limits: ['LAST_30_DAYS'] });

describe('the report of several questions', () => {
  it('that failed has no origin, though another was answered with an old copy', () => {
    expect(mergeReports([stale, failed])).toMatchObject({ status: 'MALFORMED', servedFrom: null, staleBecause: null });
    expect(mergeReports([absent, stale])).toMatchObject({ servedFrom: 'STALE_CACHE', staleBecause: 'TIMED_OUT' });
  });

  it('of one verdict keeps the match of one where another failed, and is then incomplete', () => {
    expect(joinReports([failed, stale])).toMatchObject({
      status: 'MATCHED',
      servedFrom: 'STALE_CACHE',
      limits: ['TRUNCATED'],
    });
    expect(joinReports([absent, failed])).toMatchObject({ status: 'MALFORMED' });
    expect(joinReports([absent, stale])).toMatchObject({ status: 'MATCHED', limits: ['LAST_30_DAYS'] });
  });
});
