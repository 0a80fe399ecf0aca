import { createReadThrough, type FactKind } from '../../cache/read-through.ts';
import { UpstreamError } from '../../upstream/errors.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { openUpstream, windowsOf } from '../settings.ts';
import { type Credential, type House, type Operation, partitionOf, partitionsOf, type Source } from '../source.ts';
import { judgeDatadog, lookUp, type ThreatNeed, type ThreatSubject } from './client.ts';
import type { DatadogKeys, DatadogSettings } from './config.ts';
import { type DatadogLoaders, openLoaders } from './loaders.ts';
import { eventsWithin, joinWindows, type ThreatFact, threatFact } from './mapping.ts';

export { datadogGaps, datadogSettings, datadogVariables } from './config.ts';
export { datadogResolvers } from './resolvers.ts';
export type { DatadogLoaders };

export function createDatadog(settings: DatadogSettings, house: House): Source<DatadogLoaders> {
  const manner = {
    source: 'DATADOG',
    maxBodyBytes: 2 * 1024 * 1024,
    unavailableBackoffMs: 50,
    judge: judgeDatadog,
  } as const;
  const upstream = openUpstream(manner, settings, house);
  const facts = createReadThrough(threatKind(settings, house, upstream), house.cache, house.metrics, house.now);
  const service = settings.keys === undefined ? undefined : serviceCredential(settings.keys, settings.url);
  return {
    name: 'DATADOG',
    isConfigured: service !== undefined || house.keyFrom.DATADOG === 'caller',
    open(operation) {
      const credential = credentialFor(operation, settings.url, house.keyFrom.DATADOG, service);
      return openLoaders(operation, credential, facts, operation.maySee('PERSONAL'), house.now);
    },
    health: upstream.health,
    close: upstream.close,
  };
}

function threatKind(
  settings: DatadogSettings,
  house: House,
  upstream: Upstream,
): FactKind<ThreatSubject, ThreatNeed, ThreatFact> {
  return {
    source: 'DATADOG',
    windows: windowsOf(settings, house),
    revalidates: house.revalidates,
    revive: stored => threatFact.safeParse(stored).data,
    covers: (fact, { history }) => history === null || eventsWithin(fact, history) !== undefined,
    contains: ({ history: wide }, { history: narrow }) => {
      if (narrow === null || wide === null) return narrow === null;
      const joined = joinWindows(wide, narrow);
      return joined?.offset === wide.offset && joined.limit === wide.limit;
    },
    widen: (need, fact) =>
      fact.history === null
        ? need
        : {
            history: joinWindows(need.history, {
              offset: fact.history.offset,
              limit: fact.history.isToTheEnd ? null : fact.history.events.length,
            }),
          },
    isAbsence: fact => fact.threat === null,
    partitionOf: ({ credential }) => credential.partition,
    isComplete: () => true,
    fetch: flights => flights.map(flight => lookUp(upstream, flight)),
  };
}

/** The gateway's own key: a pair, or an OAuth token. */
function serviceCredential(keys: DatadogKeys, url: string): Credential {
  const headers = (): Record<string, string> =>
    'accessToken' in keys
      ? { authorization: `Bearer ${keys.accessToken.read()}` }
      : { 'dd-api-key': keys.apiKey.read(), 'dd-application-key': keys.appKey.read() };
  const partition = partitionsOf(url);
  return {
    get partition() {
      return partition(JSON.stringify(Object.values(headers())));
    },
    headers,
    reload: () =>
      Object.values(keys)
        .map(key => key.reload())
        .some(Boolean),
  };
}

function credentialFor(
  operation: Operation,
  url: string,
  keyFrom: 'service' | 'caller',
  service: Credential | undefined,
): Credential | UpstreamError {
  if (!operation.maySee('DATADOG'))
    return new UpstreamError('DATADOG', 'DENIED', "This caller's scopes do not include Datadog.", { forbidden: true });
  if (keyFrom === 'service')
    return service ?? new UpstreamError('DATADOG', 'UNCONFIGURED', 'The gateway has no credentials for Datadog.');
  const keys = operation.keys.datadog;
  if (keys === undefined)
    return new UpstreamError(
      'DATADOG',
      'DENIED',
      'The caller sent no Datadog keys: this gateway asks with those in DD-API-KEY and DD-APPLICATION-KEY.',
    );
  const headers = { 'dd-api-key': keys.apiKey, 'dd-application-key': keys.appKey };
  return {
    partition: partitionOf(JSON.stringify(Object.values(headers)), url),
    headers: () => headers,
    reload: () => false,
  };
}
