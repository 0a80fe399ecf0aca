/** Night Watch, a made-up API of the common kind: one GET returns how dangerous a domain or an address is. */
import { serviceCredential } from '../../../src/sources/credential.ts';
import { type LookupKind, wholeAnswer } from '../../../src/sources/lookup-kind.ts';
import { openLookupSource } from '../../../src/sources/lookup-source.ts';
import type { SourceDefinition } from '../../../src/sources/source.ts';
import { classifyAnswer, readAnswer, requestFor } from './client.ts';
import { type NightWatchSettings, nightWatchConfiguration } from './config.ts';
import { evidenceOf, type SightingFact, sightingFact } from './mapping.ts';
import { lookup, type NightWatchPart, nightWatchCosts, nightWatchResolvers, plainRequest } from './resolvers.ts';

const witnesses = {
  IPV4: 'YES',
  IPV6: 'YES',
  CIDR: 'NO',
  DOMAIN: 'YES',
  URL: 'NO',
  EMAIL: 'NO',
  MD5: 'NO',
  SHA1: 'NO',
  SHA256: 'NO',
  SHA512: 'NO',
  OTHER: 'NO',
} as const;

export const nightWatch: SourceDefinition<NightWatchSettings, NightWatchPart> = {
  name: 'NIGHT_WATCH',
  title: 'Night Watch',
  coverage: 'reports of the last year',
  witnesses,
  kind: 'SCORE',
  configuration: nightWatchConfiguration,
  callerKeyHeaders: { 'X-Night-Watch-Key': 'key' },
  resolvers: nightWatchResolvers,
  costs: nightWatchCosts,
  verdictCost: () => lookup,
  open: (settings, dependencies) => openLookupSource(sightings, settings, credentialOf(settings), dependencies),
};

export const credentialOf = ({ key, url }: NightWatchSettings) =>
  key && serviceCredential({ secrets: [key], headers: () => ({ key: key.read() }), url });

export const sightings: LookupKind<null, null, SightingFact> = {
  source: nightWatch,
  upstream: { maxBodyBytes: 64 * 1024, unavailableBackoffMs: 50, classify: classifyAnswer },
  factVersion: '1',
  fact: sightingFact,
  needs: wholeAnswer,
  plain: plainRequest,
  verdict: [plainRequest],
  fields: { danger: () => plainRequest, nightWatch: () => plainRequest },
  knows: ({ type }) => ['DOMAIN', 'IPV4', 'IPV6'].includes(type),
  request: requestFor,
  read: readAnswer,
  isAbsence: ({ sighting }) => sighting === null,
  limits: () => [],
  assess: ([fact]) => ({ kind: 'SCORE', evidence: fact ? evidenceOf(fact) : null }),
};
