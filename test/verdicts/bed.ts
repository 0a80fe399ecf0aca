/** A small data set whose right answers are known, and the queries that these tests send. */

import type { Environment } from '../../src/config/variables.ts';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import { type Answer, startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock, type TestClock } from '../setup/test-clock.ts';

export type Source = 'datadog' | 'argus';
export const otherOf = (source: Source): Source => (source === 'datadog' ? 'argus' : 'datadog');

/** Each value under the verdict it deserves while both sources are well. */
export const values = {
  MALICIOUS: 'evil.example.org',
  INFORMATIONAL: 'listed.example.org',
  BENIGN: 'kind.example.org',
  NO_MATCH: 'nothing.example.org',
} as const;
export type Deserved = keyof typeof values;

export function createVerdictDataSet(): DataSet {
  const dataSet = createDataSet();
  const { argus, datadog } = dataSet;
  argus.addList({ shortName: 'botnet', confidence: 0.9 });
  argus.addList({ shortName: 'rumours', confidence: 0.1 });
  argus.addList({ shortName: 'hunches', confidence: null });
  datadog.add(values.MALICIOUS, { attributes: { score: 92.5, malicious_sources: [{ name: 'feed' }] } });
  argus.add({ value: values.MALICIOUS, list: 'botnet' });
  argus.add({ value: values.MALICIOUS, list: 'rumours', state: 'old' });
  datadog.add(values.INFORMATIONAL, { attributes: { score: 4 } });
  argus.add({ value: values.INFORMATIONAL, list: 'rumours' });
  datadog.add(values.BENIGN, { attributes: { score: 0, benign_sources: [{ name: 'good feed' }] } });
  return dataSet;
}

/** So much time that a busy machine is not taken for a slow source; a source that hangs is given its own. */
export const patient: Environment = {
  REQUEST_DEADLINE_MS: '9500',
  DATADOG_TIMEOUT_MS: '9000',
  ARGUS_TIMEOUT_MS: '9000',
};

export const shortTimeout = (source: Source, milliseconds: number): Environment => ({
  [source === 'datadog' ? 'DATADOG_TIMEOUT_MS' : 'ARGUS_TIMEOUT_MS']: String(milliseconds),
});

/** Nothing is kept from one question to the next. */
export const withoutCache: Environment = {
  ...patient,
  CACHE_FRESH_SECONDS: '0',
  CACHE_STALE_SECONDS: '0',
  CACHE_NEGATIVE_SECONDS: '0',
};

export async function withBed<Result>(
  environment: Environment,
  dataSet: DataSet,
  use: (bed: TestBed, clock: TestClock) => Promise<Result>,
): Promise<Result> {
  const clock = createTestClock();
  const bed = await startTestBed({ ...patient, ...environment }, { dataSet }, undefined, undefined, { clock });
  try {
    return await use(bed, clock);
  } finally {
    await bed.stop();
  }
}

export const addFaults = (bed: TestBed, source: Source, faults: readonly Fault[]): void => {
  for (const fault of faults) bed.emulators[source].faults.add(fault);
};

/** What asks about a value: `GET /type` and the proof of Datadog's address do not. */
export const callsOf = (bed: TestBed, source: Source) => bed.emulators[source].lookups;

/** Everything that both sources were asked, `GET /type` included. */
export const everyRequest = (bed: TestBed) => [...bed.emulators.datadog.requests, ...bed.emulators.argus.requests];

export const forgetRequests = (bed: TestBed): void => {
  bed.emulators.datadog.clearRequests();
  bed.emulators.argus.clearRequests();
};

export const reportFields =
  '{ source status limits servedFrom staleBecause fetchedAt ageSeconds detail retryAfterSeconds }';

const everything = `
  value threatScore memberships { list { shortName } }
  datadog { report ${reportFields} threat { score } }
  argus { report ${reportFields} membershipCount memberships { list { shortName } } }
  sources ${reportFields}
  verdict { level missing summary reasons { source rule effect } conflicting policyVersion }`;

export interface Told {
  readonly value: string;
  readonly threatScore: number | null;
  readonly memberships: readonly { readonly list: { readonly shortName: string } }[] | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  readonly [field: string]: any;
}

/** All four values in one operation, by the verdict that they deserve. */
export async function askEverything(bed: TestBed): Promise<{ answer: Answer; told: Record<Deserved, Told> }> {
  const answer = await bed.ask(`query ($values: [String!]!) { indicators(values: $values) { ${everything} } }`, {
    values: Object.values(values),
  });
  const told = Object.fromEntries(Object.keys(values).map((level, index) => [level, answer.data.indicators[index]]));
  return { answer, told: told as Record<Deserved, Told> };
}

export const askOne = (bed: TestBed, value: string, maxAgeSeconds?: number): Promise<Answer> =>
  bed.ask(`query ($value: String!, $age: Int) { indicator(value: $value, maxAgeSeconds: $age) { ${everything} } }`, {
    value,
    ...(maxAgeSeconds !== undefined && { age: maxAgeSeconds }),
  });
