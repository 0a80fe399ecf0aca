import { isIP } from 'node:net';

export interface TriageEvent {
  readonly triage_state: string;
  /** RFC 3339, usually with microseconds. */
  readonly triaged_at: string;
  readonly triaged_by: string;
}

/** Members of the documented `attributes.data`; undefined takes a default one out, bigint keeps all its digits. */
type DatadogAttributes = Readonly<Record<string, unknown>>;

interface DatadogFacts {
  readonly attributes?: DatadogAttributes;
  /** In any order; served newest first. */
  readonly history?: readonly TriageEvent[];
  /** What differs for `ocsf=true`; null: unknown to that matcher. */
  readonly ocsf?: DatadogAttributes | null;
  /** What differs for `ocsf=false`; null: unknown to that matcher. */
  readonly message?: DatadogAttributes | null;
}

export interface DatadogMatch {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly history: readonly TriageEvent[];
}

/** `ocsf` of the question: true, false, or not said. Three different questions. */
export type Matcher = 'true' | 'false' | 'absent';

export interface DatadogCredentials {
  /** `apiKey:applicationKey` to the organisation it belongs to. */
  readonly keyPairs: Map<string, string>;
  /** OAuth access token to its organisation and the scopes it carries. */
  readonly tokens: Map<string, { readonly org: string; readonly scopes: readonly string[] }>;
}

const demoOrg = 'demo';
export const otherOrg = 'other';
export const signalsRead = 'security_monitoring_signals_read';

export interface DatadogWorld {
  readonly credentials: DatadogCredentials;
  readonly size: number;
  /** Adds an indicator for every organisation, or for one, and takes the place of what was known of it there. */
  add(indicator: string, facts?: DatadogFacts, org?: string): void;
  remove(indicator: string, org?: string): void;
  /** What an organisation (the demo's unless told) knows: its own word, else what all know. */
  find(indicator: string, matcher: Matcher, org?: string): DatadogMatch | undefined;
  /** Values that every organisation knows. */
  indicators(): IterableIterator<string>;
}

export function createDatadogWorld(): DatadogWorld {
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
    get size() {
      return known.size;
    },
    add: (indicator, facts = {}, org) => {
      factsOf(org).set(indicator, { ...facts, history: newestFirst(facts.history ?? []) });
    },
    remove: (indicator, org) => {
      factsOf(org).delete(indicator);
    },
    find: (indicator, matcher, org = demoOrg) => {
      const facts = ofOrg.get(org)?.get(indicator) ?? known.get(indicator);
      return facts && view(indicator, facts, matcher);
    },
    indicators: () => known.keys(),
  };
}

function createCredentials(): DatadogCredentials {
  return {
    keyPairs: new Map([
      ['demo-api-key:demo-app-key', demoOrg],
      ['other-api-key:other-app-key', otherOrg],
    ]),
    tokens: new Map([
      ['demo-token', { org: demoOrg, scopes: [signalsRead] }],
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

/** What the recorded answer looks like when nothing particular is known: `null` sources, whole members absent. */
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

function latestTriage(history: readonly TriageEvent[]): Record<string, unknown> {
  return { ...history[0] };
}

function newestFirst(history: readonly TriageEvent[]): readonly TriageEvent[] {
  // As text: Date would drop the microseconds that tell two events of one millisecond apart.
  return history.toSorted((a, b) => (a.triaged_at < b.triaged_at ? 1 : a.triaged_at > b.triaged_at ? -1 : 0));
}

function displayType(indicator: string): string {
  if (isIP(indicator)) return 'IP Address';
  if (/^[a-z]+:\/\//i.test(indicator)) return 'URL';
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i.test(indicator)) return 'File Hash';
  if (/^[^\s@]+@[^\s@]+$/.test(indicator)) return 'Email Address';
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(indicator) ? 'Domain' : 'User Agent';
}
