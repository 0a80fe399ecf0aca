/** Datadog Cloud SIEM's IoC Explorer: threat intelligence that matched the organisation's own logs. */
import type { SourcePermissions } from '../../auth/scopes.ts';
import type { CoverageLimit } from '../../domain/source-report.ts';
import type { Witness } from '../../domain/verdict/model.ts';
import { createChangedValues } from '../changed-values.ts';
import { serviceCredential } from '../credential.ts';
import type { SourceDependencies } from '../dependencies.ts';
import type { LookupKind } from '../lookup-kind.ts';
import { openLookupSource } from '../lookup-source.ts';
import { windowsOf } from '../settings.ts';
import type { SourceDefinition } from '../source.ts';
import {
  classifyAnswer,
  label,
  readAnswer,
  readRefusal,
  refusesCredential,
  requestFor,
  type ThreatRequest,
} from './client.ts';
import { type DatadogSettings, datadogConfiguration, keyHeaders } from './config.ts';
import { evidenceOf } from './evidence.ts';
import { type DatadogPart, openExplorer } from './explorer/part.ts';
import { explorerCosts, explorerResolvers } from './explorer/resolvers.ts';
import { includesRow } from './explorer/rows.ts';
import { fields, plainRequest, refuse, verdictRequests } from './facts.ts';
import { type ThreatFact, threatFact } from './mapping.ts';
import { type ThreatNeed, threatNeeds } from './need.ts';
import { showsPersonal } from './personal.ts';
import { datadogCosts, datadogResolvers } from './resolvers.ts';
import { openRouteProof } from './route-proof.ts';
import { watchScores } from './score-scale.ts';

/**
 * Documented: addresses, domains and two kinds of hashes ("Threat intelligence", "Entity types"). Recorded: user agents,
 * which are OTHER.
 */
const witnesses = {
  IPV4: 'YES',
  IPV6: 'YES',
  CIDR: 'NO',
  DOMAIN: 'YES',
  URL: 'NO',
  EMAIL: 'NO',
  MD5: 'NO',
  SHA1: 'YES',
  SHA256: 'YES',
  SHA512: 'NO',
  OTHER: 'YES',
} as const satisfies Record<string, Witness>;

export const datadog: SourceDefinition<DatadogSettings, DatadogPart> = {
  ...label,
  coverage: 'logs of the last 30 days',
  witnesses,
  kind: 'SCORE',
  configuration: datadogConfiguration,
  callerKeyHeaders: { 'DD-API-KEY': 'dd-api-key', 'DD-APPLICATION-KEY': 'dd-application-key' },
  resolvers: {
    ...datadogResolvers,
    ...explorerResolvers,
    Indicator: { ...datadogResolvers.Indicator, ...explorerResolvers.Indicator },
  },
  costs: { ...datadogCosts, ...explorerCosts, Indicator: { ...datadogCosts.Indicator, ...explorerCosts.Indicator } },
  verdictCost: settings => (field, meter) => {
    for (const { variant } of verdictRequests[settings?.matchers ?? 'default'])
      meter.callEach(field, 'DATADOG', variant);
  },
  open(settings, dependencies) {
    const { keys } = settings;
    const { url } = settings;
    const service = keys && serviceCredential({ secrets: Object.values(keys), headers: () => keyHeaders(keys), url });
    const { freshMs, staleMs } = windowsOf(settings, dependencies);
    const changed = createChangedValues({
      ...{ clock: dependencies.clock, shared: dependencies.shared },
      ...{ callMs: dependencies.deadlineMs + settings.timeoutMs, keepMs: freshMs + staleMs },
    });
    const kind = { ...threatKind(settings, dependencies), changed };
    return openExplorer(openLookupSource(kind, settings, service, dependencies), settings, dependencies, changed);
  },
};

const threatKind = (
  { matchers }: DatadogSettings,
  { log, suspiciousFrom }: SourceDependencies,
): LookupKind<ThreatRequest['variant'], ThreatNeed, ThreatFact> => ({
  source: datadog,
  upstream: { maxBodyBytes: 2 * 1024 * 1024, unavailableBackoffMs: 50, classify: classifyAnswer, refusesCredential },
  factVersion: '3',
  fact: threatFact,
  needs: threatNeeds(suspiciousFrom),
  plain: plainRequest,
  verdict: verdictRequests[matchers],
  fields,
  knows: () => true,
  request: requestFor,
  read: readAnswer,
  onFact: watchScores(log),
  isAbsence: ({ threat }) => threat === null,
  includes: includesRow,
  isPart: ({ isRow }) => isRow === true,
  openProof: openRouteProof,
  isIncomplete: fact => fact.isIncomplete === true,
  limits: limitsOf(suspiciousFrom),
  isNotApplicable: ({ isRefused }) => isRefused === true,
  readRefusal,
  assess: facts => ({ kind: 'SCORE', evidence: evidenceOf(facts) }),
  refuse,
});

const limitsOf = (suspiciousFrom: number) => {
  const { covers } = threatNeeds(suspiciousFrom);
  return (
    fact: ThreatFact,
    permissions: SourcePermissions,
    { variant, need }: ThreatRequest,
  ): readonly CoverageLimit[] => {
    const isKnown = fact.threat !== null;
    const applies: Partial<Record<CoverageLimit, boolean>> = {
      LAST_30_DAYS: true,
      DEFAULT_MATCHER_ONLY: !isKnown && variant === undefined,
      COVERING_ONLY: fact.covering !== undefined,
      TRUNCATED: fact.isIncomplete === true || !covers(fact, need),
      PERSONAL_DATA_HIDDEN: isKnown && !showsPersonal(permissions),
    };
    return (Object.keys(applies) as CoverageLimit[]).filter(limit => applies[limit]);
  };
};
