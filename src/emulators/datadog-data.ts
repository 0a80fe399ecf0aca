import { isIP } from 'node:net';
import type { Matcher } from './datadog-query.ts';

export interface EmulatedTriageEvent {
  readonly triage_state: string;
  /** RFC 3339, usually with microseconds. */
  readonly triaged_at: string;
  readonly triaged_by: string;
}

/** Members of the documented `attributes.data`; undefined removes a default, bigint keeps all its digits. */
type DatadogAttributes = Readonly<Record<string, unknown>>;

interface DatadogFacts {
  readonly attributes?: DatadogAttributes;
  /** In any order; answered newest first. */
  readonly history?: readonly EmulatedTriageEvent[];
  /** What differs for `ocsf=true`; null: unknown to that matcher. */
  readonly ocsf?: DatadogAttributes | null;
  /** What differs for `ocsf=false`; null: unknown to that matcher. */
  readonly message?: DatadogAttributes | null;
}

export interface DatadogMatch {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly history: readonly EmulatedTriageEvent[];
}

export interface DatadogCredentials {
  /** `apiKey:applicationKey` to its organisation. */
  readonly keyPairs: Map<string, string>;
  /** Application keys that may not write. */
  readonly readers: Set<string>;
  /** Application key to the user whose it is; of others it is Alice. */
  readonly users: Map<string, string>;
  /** OAuth access token to its organisation and scopes. */
  readonly tokens: Map<string, { readonly org: string; readonly scopes: readonly string[] }>;
}

const demoOrg = 'demo';
export const otherOrg = 'other';
export const signalsRead = 'security_monitoring_signals_read';
export const signalsWrite = 'security_monitoring_signals_write';

export interface DatadogData {
  readonly credentials: DatadogCredentials;
  /** A user's handle, by which the list is filtered, to the id in `triaged_by`. */
  readonly handles: Map<string, string>;
  readonly size: number;
  /** Adds or replaces an indicator for every organisation, or for one. */
  add(indicator: string, facts?: DatadogFacts, org?: string): void;
  remove(indicator: string, org?: string): void;
  /** A further event of the history of an indicator that the organisation knows. */
  triage(indicator: string, event: EmulatedTriageEvent, org: string): void;
  /** Finds the data of an organisation (default: the demo's): its own entry, else that of every organisation. */
  find(indicator: string, matcher: Matcher, org?: string): DatadogMatch | undefined;
  /** All that `find` finds. */
  matches(matcher: Matcher, org: string): readonly DatadogMatch[];
  /** Values that were added for every organisation. */
  indicators(): IterableIterator<string>;
}

export function createDatadogData(): DatadogData {
  const known = new Map<string, DatadogFacts>();
  const ofOrg = new Map<string, Map<string, DatadogFacts>>();
  const factsOf = (org: string | undefined): Map<string, DatadogFacts> => {
    if (org === undefined) return known;
    const facts = ofOrg.get(org) ?? new Map<string, DatadogFacts>();
    ofOrg.set(org, facts);
    return facts;
  };
  return {
    credentials: createCredentials(),
    handles: new Map([
      ['alice@example.com', '00000000-0000-4000-8000-000000000001'],
      ['bob@example.com', '00000000-0000-4000-8000-000000000002'],
    ]),
    get size() {
      return known.size;
    },
    add: (indicator, facts = {}, org) => {
      factsOf(org).set(indicator, { ...facts, history: newestFirst(facts.history ?? []) });
    },
    remove: (indicator, org) => {
      factsOf(org).delete(indicator);
    },
    triage: (indicator, event, org) => {
      const facts = ofOrg.get(org)?.get(indicator) ?? known.get(indicator);
      if (facts === undefined) return;
      const { triage_state: _, triaged_at: __, triaged_by: ___, ...attributes } = facts.attributes ?? {};
      factsOf(org).set(indicator, { ...facts, attributes, history: [event, ...(facts.history ?? [])] });
    },
    find: (indicator, matcher, org = demoOrg) => {
      const facts = ofOrg.get(org)?.get(indicator) ?? known.get(indicator);
      return facts && view(indicator, facts, matcher);
    },
    matches: (matcher, org) =>
      [...new Map([...known, ...(ofOrg.get(org) ?? [])])].flatMap(
        ([indicator, facts]) => view(indicator, facts, matcher) ?? [],
      ),
    indicators: () => known.keys(),
  };
}

function createCredentials(): DatadogCredentials {
  return {
    readers: new Set(),
    users: new Map([['other-app-key', '00000000-0000-4000-8000-000000000002']]),
    keyPairs: new Map([
      ['demo-api-key:demo-app-key', demoOrg],
      ['other-api-key:other-app-key', otherOrg],
    ]),
    tokens: new Map([
      ['demo-token', { org: demoOrg, scopes: [signalsRead, signalsWrite] }],
      ['demo-token-reading', { org: demoOrg, scopes: [signalsRead] }],
      ['demo-token-without-scope', { org: demoOrg, scopes: [] }],
    ]),
  };
}

function view(indicator: string, facts: DatadogFacts, matcher: Matcher): DatadogMatch | undefined {
  const difference = { true: facts.ocsf, false: facts.message, absent: undefined }[matcher];
  if (difference === null) return undefined;
  const history = facts.history ?? [];
  return {
    attributes: { ...defaults(indicator), ...latestTriage(history), ...facts.attributes, ...difference },
    history,
  };
}

/** The members of the recorded answer, with `null` sources and some members absent. */
function defaults(indicator: string): Record<string, unknown> {
  return {
    id: indicator,
    indicator,
    indicator_type: displayType(indicator),
    score: 0,
    malicious_sources: null,
    suspicious_sources: null,
    benign_sources: null,
    categories: [],
    tags: [],
    signal_matches: 0,
    log_matches: 1,
    signal_tier: 0,
    max_trust_score: 'NO_EFFECT',
    m_sources: 'NO_EFFECT',
    m_persistence: 'NO_EFFECT',
    m_signal: 'NO_EFFECT',
    m_as_type: 'NO_EFFECT',
    triage_state: 'not_reviewed',
    log_sources: [],
    services: [],
    signal_severity: [],
    users: {},
    critical_assets: [],
    hosts: [],
    additional_data: {},
  };
}

function latestTriage(history: readonly EmulatedTriageEvent[]): Record<string, unknown> {
  return { ...history[0] };
}

function newestFirst(history: readonly EmulatedTriageEvent[]): readonly EmulatedTriageEvent[] {
  // Compared as text because Date has no microseconds, by which events of one millisecond differ.
  return history.toSorted((a, b) => (a.triaged_at < b.triaged_at ? 1 : a.triaged_at > b.triaged_at ? -1 : 0));
}

function displayType(indicator: string): string {
  if (isIP(indicator)) return 'IP Address';
  if (/^[a-z]+:\/\//i.test(indicator)) return 'URL';
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i.test(indicator)) return 'File Hash';
  if (/^[^\s@]+@[^\s@]+$/.test(indicator)) return 'Email Address';
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(indicator) ? 'Domain' : 'User Agent';
}
