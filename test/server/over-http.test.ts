import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());

describe('GraphQL over HTTP, as graphql-http audits it', () => {
  it.each(serverAudits({ url: () => `${bed.url}/graphql` }).map(audit => [audit.name, audit] as const))(
    '%s',
    async (_, audit) => {
      const result = await audit.fn();
      expect(result.status === 'ok' ? [] : [result.status, result.reason]).toEqual([]);
    },
  );
});
