/** What is asked of the gateway and its peers, and what their answers must have in common. */
import type { Emulators } from '../src/emulators/emulators.ts';
import type { Shot } from './connection.ts';
import { batches, coldBatch, coldSingle, post } from './shots.ts';
import { slow } from './speed.ts';

/** The fields of the other queries, in the words of the upstreams: Hive has no others. */
const hiveFields = `value
  datadog { data { attributes { data { id score indicator_type categories tags malicious_sources { name }
    suspicious_sources { name } benign_sources { name } m_as_type m_persistence m_signal m_sources max_trust_score
    first_seen last_seen log_matches signal_matches signal_tier log_sources services hosts triage_state triaged_at
    triaged_by triage_history { triage_state triaged_at triaged_by } } } } }
  argus { data { indicatorList { name confidence shortName } state value firstSeenTimestamp lastSeenTimestamp
    properties { descriptor { shortName } value values } } }`;
export const hiveOne = `query ($v: String!) { indicator(value: $v) { ${hiveFields} } }`;
export const hiveMany = `query ($v: [String!]!) { indicators(values: $v) { ${hiveFields} } }`;

type Ask = (values: readonly string[]) => readonly Shot[];

export interface Scenario {
  readonly connections: number;
  readonly ours: Ask;
  readonly peers: Readonly<Record<string, Ask>>;
  readonly prepare?: (emulators: Emulators) => void;
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'cold single, upstreams 2 ms': {
    ours: values => values.map(coldSingle),
    peers: { hive: values => values.map(v => post(hiveOne, { v })) },
    connections: 16,
    prepare: slow(2),
  },
  'cold 100, upstreams 2 ms': {
    ours: values => batches(values).map(coldBatch),
    peers: { hive: values => batches(values).map(v => post(hiveMany, { v })) },
    connections: 4,
    prepare: slow(2),
  },
};

export const titles: Readonly<Record<string, string>> = {
  hive: 'Hive Gateway',
};

/** What an answer says in its main points: who says something else is not compared by speed. */
export function join(text: string): unknown {
  const { data, errors } = JSON.parse(text);
  if (errors !== undefined) throw new Error(`An answer with errors: ${text.slice(0, 1000)}`);
  return [data.indicator ?? data.indicators].flat().map(mainPoints);
}

// biome-ignore lint/suspicious/noExplicitAny: the answers of two schemas, which nothing but this reads
function mainPoints({ value, threatScore, triageHistory, memberships, datadog, argus }: any): unknown {
  const threat = datadog?.data.attributes.data;
  const records: readonly Record<string, unknown>[] = argus?.data ?? memberships;
  return {
    value,
    score: threat?.score ?? threatScore,
    triages: (threat?.triage_history ?? triageHistory).length,
    memberships: records.map(({ indicatorList, list = indicatorList, state, properties }) => [
      list,
      String(state).toUpperCase(),
      // Ours has a null for each property that the record lacks.
      (properties as readonly unknown[]).filter(property => property !== null).length,
    ]),
  };
}
