/** Maps Datadog's answers to facts. Pure. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Immutable } from '../../cache/json.ts';
import type { ScoreEvidence } from '../../domain/verdict/model.ts';
import type { WireIndicator } from './wire.ts';

const int64 = z.union([z.int(), z.string()]).nullable();
const text = z.string().nullable();
const texts = z.array(z.string());
const effect = z.enum(['RAISE_SCORE', 'LOWER_SCORE', 'NO_EFFECT', 'UNKNOWN']).nullable();
const triageState = z.enum(['NOT_REVIEWED', 'REVIEWED', 'UNKNOWN']).nullable();

const triageEvent = z.object({ state: triageState, at: text, by: text });

/** The schema's `ThreatReport`: all that Datadog knows about an indicator but the triage history. */
const threatReport = z.object({
  id: z.string(),
  datadogId: text,
  indicator: text,
  score: z.number().nullable(),
  indicatorType: text,
  categories: texts,
  tags: texts,
  maliciousSources: texts,
  suspiciousSources: texts,
  benignSources: texts,
  scoringFactors: z.object({ asType: effect, persistence: effect, signal: effect, sources: effect, maxTrust: effect }),
  firstSeen: text,
  lastSeen: text,
  logMatches: int64,
  signalMatches: int64,
  signalTier: int64,
  signalSeverity: z.array(z.object({ severity: text, count: int64 })),
  logSources: texts,
  services: texts,
  hosts: texts,
  users: z.array(z.object({ category: z.string(), users: texts })),
  criticalAssets: texts,
  autonomousSystem: z.object({ number: text, organization: text, type: text, cidrBlock: text }).nullable(),
  geo: z.object({ city: text, countryCode: text, countryName: text }).nullable(),
  triageState,
  triagedAt: text,
  triagedBy: text,
  additionalData: z.unknown(),
});

/** Events from `offset` on, newest first. `isToTheEnd`: there are no older ones. */
const historyPart = z.object({
  offset: z.int().nonnegative(),
  isToTheEnd: z.boolean(),
  events: z.array(triageEvent),
});

/** The cached fact: one answer about one indicator and matcher. `threat` null: not known to Datadog. */
export const threatFact = z.object({
  threat: threatReport.nullable(),
  history: historyPart.nullable(),
  /** Datadog takes no indicators of this type. */
  isRefused: z.literal(true).optional(),
});

export type ThreatReport = Immutable<z.infer<typeof threatReport>>;
export type TriageEvent = Immutable<z.infer<typeof triageEvent>>;
export type ThreatFact = Immutable<z.infer<typeof threatFact>>;

/** A part of the triage history. `limit` null: all from `offset` on. */
export interface HistoryWindow {
  readonly offset: number;
  readonly limit: number | null;
}

export const nothingKnown: ThreatFact = { threat: null, history: null };
export const typeRefused: ThreatFact = { ...nothingKnown, isRefused: true };

/** `identity`: indicator and matcher, so that equal content about two indicators gets different ids. */
export function mapIndicator(wire: WireIndicator, identity: string, window: HistoryWindow | null): ThreatFact {
  const report = mapReport(wire);
  const id = hash('sha256', `${identity}\n${JSON.stringify(report)}`, 'base64url').slice(0, 27);
  return { threat: { id: `ThreatReport:${id}`, ...report }, history: window && mapHistory(wire, window) };
}

/** The events of a window; undefined: the fact does not contain all of it. */
export function eventsWithin(fact: ThreatFact, window: HistoryWindow): readonly TriageEvent[] | undefined {
  if (fact.threat === null) return [];
  const { history } = fact;
  if (history === null || window.offset < history.offset) return undefined;
  const from = window.offset - history.offset;
  const to = window.limit === null ? Number.POSITIVE_INFINITY : from + window.limit;
  return history.isToTheEnd || to <= history.events.length ? history.events.slice(from, to) : undefined;
}

/** The smallest window that contains both; null is none. */
export function joinWindows(a: HistoryWindow | null, b: HistoryWindow | null): HistoryWindow | null {
  if (a === null || b === null) return a ?? b;
  const offset = Math.min(a.offset, b.offset);
  const end = a.limit === null || b.limit === null ? null : Math.max(a.offset + a.limit, b.offset + b.limit);
  return { offset, limit: end === null ? null : end - offset };
}

export const evidenceOf = (threat: ThreatReport): ScoreEvidence => ({
  score: threat.score,
  maliciousSources: threat.maliciousSources,
  suspiciousSources: threat.suspiciousSources,
  benignSources: threat.benignSources,
  categories: threat.categories,
  signalSeverity: threat.signalSeverity,
  triageState: threat.triageState,
  logMatches: threat.logMatches,
});

function mapHistory(wire: WireIndicator, { offset, limit }: HistoryWindow): ThreatFact['history'] {
  const events = (wire.triage_history ?? []).slice(0, limit ?? undefined).map(event => ({
    state: toTriageState(event.triage_state),
    at: toInstant(event.triaged_at),
    by: event.triaged_by ?? null,
  }));
  return { offset, isToTheEnd: limit === null || events.length < limit, events };
}

function mapReport(wire: WireIndicator): Omit<ThreatReport, 'id'> {
  return {
    datadogId: wire.id ?? null,
    indicator: wire.indicator ?? null,
    score: wire.score ?? null,
    indicatorType: wire.indicator_type ?? null,
    categories: wire.categories ?? [],
    tags: wire.tags ?? [],
    maliciousSources: reportersIn(wire.malicious_sources),
    suspiciousSources: reportersIn(wire.suspicious_sources),
    benignSources: namesOf(wire.benign_sources),
    scoringFactors: {
      asType: toEffect(wire.m_as_type),
      persistence: toEffect(wire.m_persistence),
      signal: toEffect(wire.m_signal),
      sources: toEffect(wire.m_sources),
      maxTrust: toEffect(wire.max_trust_score),
    },
    firstSeen: toInstant(wire.first_seen),
    lastSeen: toInstant(wire.last_seen),
    logMatches: wire.log_matches ?? null,
    signalMatches: wire.signal_matches ?? null,
    signalTier: wire.signal_tier ?? null,
    signalSeverity: (wire.signal_severity ?? []).map(({ severity, count }) => ({
      severity: severity ?? null,
      count: count ?? null,
    })),
    logSources: wire.log_sources ?? [],
    services: wire.services ?? [],
    hosts: wire.hosts ?? [],
    users: Object.entries(wire.users ?? {}).map(([category, users]) => ({ category, users: users ?? [] })),
    criticalAssets: wire.critical_assets ?? [],
    autonomousSystem: mapAutonomousSystem(wire),
    geo: mapGeo(wire.as_geo),
    triageState: toTriageState(wire.triage_state),
    triagedAt: toInstant(wire.triaged_at),
    triagedBy: wire.triaged_by ?? null,
    additionalData: wire.additional_data ?? null,
  };
}

function mapAutonomousSystem(wire: WireIndicator): ThreatReport['autonomousSystem'] {
  const system = {
    number: wire.as_number ?? null,
    organization: wire.as_organization ?? null,
    type: wire.as_type ?? null,
    cidrBlock: wire.as_cidr_block ?? null,
  };
  return Object.values(system).every(value => value === null) ? null : system;
}

const mapGeo = (geo: WireIndicator['as_geo']): ThreatReport['geo'] =>
  geo == null
    ? null
    : { city: geo.city ?? null, countryCode: geo.country_code ?? null, countryName: geo.country_name ?? null };

const namesOf = (sources: WireIndicator['malicious_sources']): string[] =>
  (sources ?? []).flatMap(source => (source.name ? [source.name] : []));

/** Unnamed malicious and suspicious sources count; unnamed benign ones do not. */
const reportersIn = (sources: WireIndicator['malicious_sources']): string[] =>
  (sources ?? []).map(source => source.name || 'unnamed');

const toEffect = (sent: string | null | undefined): ThreatReport['scoringFactors']['asType'] =>
  sent == null ? null : (effect.safeParse(sent).data ?? 'UNKNOWN');

const toTriageState = (sent: string | null | undefined): ThreatReport['triageState'] =>
  sent == null ? null : (triageState.safeParse(sent.toUpperCase()).data ?? 'UNKNOWN');

/** RFC 3339 in UTC. Keeps all fractional digits, while a Date would lose the microseconds. */
function toInstant(sent: string | null | undefined): string | null {
  if (sent == null || sent === '' || sent.endsWith('Z')) return sent || null;
  const fraction = /\.\d+/.exec(sent)?.[0] ?? '';
  return new Date(sent.replace(fraction, '')).toISOString().replace('.000', fraction);
}
