/** A gateway for volume: it answers `lookup` at once, every value as unknown to everybody. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface InstantGateway {
  readonly url: string;
  /** Every value that was looked up, in order, where `isKept`. */
  readonly values: string[];
  /** Called before each answer with the number of values so far; `false` cuts the connection. */
  mayAnswer: (values: number) => boolean;
  stop(): Promise<void>;
}

const report = {
  source: 'DATADOG',
  status: 'NO_MATCH',
  limits: [],
  servedFrom: 'UPSTREAM',
  staleBecause: null,
  fetchedAt: null,
  detail: null,
  retryAfterSeconds: null,
};

const verdictOf = (value: string) => ({
  level: value.startsWith('evil') ? 'MALICIOUS' : 'NO_MATCH',
  summary: `${value} is judged.`,
  missing: [],
  conflicting: false,
  policyVersion: '2;',
  reasons: [],
});

const answerFor = (value: string) => ({
  input: value,
  problem: null,
  indicator: {
    value,
    type: 'DOMAIN',
    defanged: value,
    specialUse: null,
    verdict: verdictOf(value),
    sources: [report],
    datadog: { report, threat: null },
    argus: { report, membershipCount: 0, memberships: [] },
    covering: [],
    host: null,
  },
});

export async function startInstantGateway(isKept = true): Promise<InstantGateway> {
  let count = 0;
  const server = createServer(async (request, response) => {
    const { variables } = (await json(request)) as { variables: { values?: readonly string[] } };
    const values = variables.values ?? [];
    count += values.length;
    if (!gateway.mayAnswer(count)) return void response.destroy();
    if (isKept) gateway.values.push(...values);
    const data = variables.values === undefined ? noTexts : { lookup: values.map(answerFor) };
    response.end(JSON.stringify({ data }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const gateway: InstantGateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    values: [],
    mayAnswer: () => true,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return gateway;
}

const noTexts = { sources: [{ source: 'DATADOG' }] };
