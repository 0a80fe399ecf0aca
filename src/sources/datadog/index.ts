/** Datadog Cloud SIEM's IoC Explorer: threat intelligence that matched the organisation's own logs. */
import type { Witness } from '../../domain/verdict/model.ts';
import { serviceCredential } from '../credential.ts';
import type { LookupKind } from '../lookup-kind.ts';
import { openLookupSource } from '../lookup-source.ts';
import type { SourceDefinition } from '../source.ts';
import {
  classifyAnswer,
  readAnswer,
  readRefusal,
  refusesCredential,
  requestFor,
  type ThreatRequest,
} from './client.ts';
import { type DatadogSettings, datadogConfiguration } from './config.ts';
import { type DatadogPart, fields, historyNeeds, plainRequest, refuse, showsPersonal } from './facts.ts';
import { evidenceOf, type ThreatFact, threatFact } from './mapping.ts';
import { datadogCosts, datadogResolvers } from './resolvers.ts';

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
  name: 'DATADOG',
  title: 'Datadog',
  coverage: 'logs of the last 30 days',
  witnesses,
  kind: 'SCORE',
  configuration: datadogConfiguration,
  callerKeyHeaders: { 'DD-API-KEY': 'dd-api-key', 'DD-APPLICATION-KEY': 'dd-application-key' },
  resolvers: datadogResolvers,
  costs: datadogCosts,
  verdictCost: (field, meter) => meter.callEach(field, 'DATADOG', undefined),
  open(settings, dependencies) {
    const { keys } = settings;
    const { url } = settings;
    const service = keys && serviceCredential({ secrets: Object.values(keys), headers: () => headersOf(keys), url });
    return openLookupSource(threats, settings, service, dependencies);
  },
};

const headersOf = (keys: NonNullable<DatadogSettings['keys']>): Record<string, string> =>
  'accessToken' in keys
    ? { authorization: `Bearer ${keys.accessToken.read()}` }
    : { 'dd-api-key': keys.apiKey.read(), 'dd-application-key': keys.appKey.read() };

const threats: LookupKind<ThreatRequest['variant'], ThreatRequest['need'], ThreatFact> = {
  source: datadog,
  upstream: { maxBodyBytes: 2 * 1024 * 1024, unavailableBackoffMs: 50, classify: classifyAnswer, refusesCredential },
  factVersion: '1',
  fact: threatFact,
  needs: historyNeeds,
  plain: plainRequest,
  fields,
  knows: () => true,
  request: requestFor,
  read: readAnswer,
  isAbsence: ({ threat }) => threat === null,
  limits: ({ threat }, permissions) =>
    threat === null || showsPersonal(permissions) ? ['LAST_30_DAYS'] : ['LAST_30_DAYS', 'PERSONAL_DATA_HIDDEN'],
  isNotApplicable: ({ isRefused }) => isRefused === true,
  readRefusal,
  assess: fact => ({ kind: 'SCORE', evidence: fact?.threat == null ? null : evidenceOf(fact.threat) }),
  refuse,
};
