/** Maps Datadog's answers to facts. Pure. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Immutable } from '../../cache/json.ts';
import type { Echo } from './echo.ts';
import { type HistoryWindow, historyPart, mapHistory, toTriageState, triageState } from './history.ts';
import type { IndicatorAnswer, WireIndicator } from './wire.ts';

const int64 = z.union([z.int(), z.string()]).nullable();
const text = z.string().nullable();
const texts = z.array(z.string());
const effects = ['RAISE_SCORE', 'LOWER_SCORE', 'NO_EFFECT', 'UNKNOWN'] as const;
const effect = z.enum(effects).nullable();

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
  otherFields: z.record(z.string(), z.unknown()).nullable(),
});

/** The cached fact: one answer about one indicator and matcher. `threat` null: not known to Datadog. */
export const threatFact = z.object({
  threat: threatReport.nullable(),
  history: historyPart.nullable(),
  /** Datadog answered about this parent domain, host or block of the indicator. */
  covering: z.string().optional(),
  /** Some of the evidence could not be read. */
  isIncomplete: z.literal(true).optional(),
  /** Datadog takes no indicators of this type. */
  isRefused: z.literal(true).optional(),
  /** A row of the list, which has no hosts, users, severities of signals, and no history: `need.ts` says what it is enough for. */
  isRow: z.literal(true).optional(),
});

export type ThreatReport = Immutable<z.infer<typeof threatReport>>;
export type ThreatFact = Immutable<z.infer<typeof threatFact>>;

export const nothingKnown: ThreatFact = { threat: null, history: null };
export const typeRefused: ThreatFact = { ...nothingKnown, isRefused: true };

/** `identity`: indicator and matcher, so that equal content about two indicators gets different ids. */
export function mapIndicator(
  answer: IndicatorAnswer,
  identity: string,
  window: HistoryWindow | undefined,
  { covering }: Echo,
): ThreatFact {
  const report = mapReport(answer);
  const id = hash('sha256', JSON.stringify([identity, report]), 'base64url').slice(0, 27);
  return {
    threat: { id: `ThreatReport:${id}`, ...report },
    history: window === undefined ? null : mapHistory(answer.wire, window),
    ...(covering !== undefined && { covering }),
    ...(answer.isIncomplete && { isIncomplete: true }),
  };
}

export function mapReport({
  wire,
  otherFields,
}: Pick<IndicatorAnswer, 'wire' | 'otherFields'>): Omit<ThreatReport, 'id'> {
  return {
    datadogId: wire.id,
    indicator: wire.indicator,
    score: wire.score,
    indicatorType: wire.indicator_type,
    categories: wire.categories,
    tags: wire.tags,
    maliciousSources: reportersIn(wire.malicious_sources),
    suspiciousSources: reportersIn(wire.suspicious_sources),
    benignSources: wire.benign_sources.filter(name => name !== ''),
    scoringFactors: {
      asType: toEffect(wire.m_as_type),
      persistence: toEffect(wire.m_persistence),
      signal: toEffect(wire.m_signal),
      sources: toEffect(wire.m_sources),
      maxTrust: toEffect(wire.max_trust_score),
    },
    firstSeen: wire.first_seen,
    lastSeen: wire.last_seen,
    logMatches: wire.log_matches,
    signalMatches: wire.signal_matches,
    signalTier: wire.signal_tier,
    signalSeverity: wire.signal_severity,
    logSources: wire.log_sources,
    services: wire.services,
    hosts: wire.hosts,
    users: Object.entries(wire.users ?? {}).map(([category, users]) => ({ category, users })),
    criticalAssets: wire.critical_assets,
    autonomousSystem: mapAutonomousSystem(wire),
    geo: mapGeo(wire.as_geo),
    triageState: toTriageState(wire.triage_state),
    triagedAt: wire.triaged_at,
    triagedBy: wire.triaged_by,
    additionalData: wire.additional_data ?? null,
    otherFields,
  };
}

function mapAutonomousSystem(wire: WireIndicator): ThreatReport['autonomousSystem'] {
  return orNull({
    number: wire.as_number,
    organization: wire.as_organization,
    type: wire.as_type,
    cidrBlock: wire.as_cidr_block,
  });
}

const mapGeo = (geo: WireIndicator['as_geo']): ThreatReport['geo'] =>
  geo == null ? null : orNull({ city: geo.city, countryCode: geo.country_code, countryName: geo.country_name });

const orNull = <Parts extends object>(parts: Parts): Parts | null =>
  Object.values(parts).every(value => value === null) ? null : parts;

/** Unnamed malicious and suspicious sources count; unnamed benign ones do not. */
const reportersIn = (names: readonly string[]): string[] => names.map(name => name || 'unnamed');

const toEffect = (sent: string | null): ThreatReport['scoringFactors']['asType'] =>
  sent === null ? null : (effects.find(known => known === sent) ?? 'UNKNOWN');
