import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, lookUp } from '../../../examples/apollo-client/client.ts';
import { startTestBed, type TestBed } from '../../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());

describe('the example for Apollo Client', () => {
  it('prints a line for each value, also for one that is not an indicator', async () => {
    const values = ['EVIL[.]example[.]org', 'quiet.example.com', '192.0.2.1/24'];
    const lines = await lookUp(createClient(`${bed.url}/graphql`), values);
    expect(lines).toEqual([
      'evil[.]example[.]org: MALICIOUS (Datadog: MATCHED, score 92.5; Argus: MATCHED, on 4 lists)',
      'quiet[.]example[.]com: NO_MATCH (Datadog: NO_MATCH; Argus: NO_MATCH)',
      expect.stringMatching(/^192\.0\.2\.1\/24: ./),
    ]);
    expect(bed.emulators.argus.requests.filter(({ path }) => !path.endsWith('/type'))).toHaveLength(1);
  });

  it('names the source that failed and keeps what the other one answered', async () => {
    bed.emulators.argus.faults.add({ kind: 'status', status: 403 });
    const lines = await lookUp(createClient(`${bed.url}/graphql`), ['seen.example.com', 'listed.example.net']);
    expect(lines).toEqual([
      'seen[.]example[.]com: MALICIOUS without ARGUS (Datadog: MATCHED, score 81.5; Argus: DENIED)',
      'listed[.]example[.]net: INCONCLUSIVE without ARGUS (Datadog: NO_MATCH; Argus: DENIED)',
    ]);
  });
});
