/** Which types Argus is known to hold, for one operation: only of those is an empty answer an absence. */
import type { Indicator, IndicatorType } from '../../../domain/indicator/model.ts';
import type { Witness } from '../../../domain/verdict/model.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import { servedWhile } from '../../fact-row.ts';
import type { Operation } from '../../source.ts';
import { isListed } from './type-names.ts';
import type { TypeRegistry } from './type-registry.ts';

/** `domain` and `ip` are documented; of all others Argus itself must say so (`GET /reputation/v2/type`). */
export const witnesses: Readonly<Record<IndicatorType, Witness>> = {
  IPV4: 'YES',
  IPV6: 'YES',
  CIDR: 'YES',
  DOMAIN: 'YES',
  URL: 'IF_LISTED',
  EMAIL: 'IF_LISTED',
  MD5: 'IF_LISTED',
  SHA1: 'IF_LISTED',
  SHA256: 'IF_LISTED',
  SHA512: 'IF_LISTED',
  OTHER: 'NO',
};

export interface TypeWitness {
  /** Has the list of types fetched in the background where it could tell. Nothing waits for it. */
  prepare(indicator: Indicator): void;
  /** As far as is known without waiting; the first answer about a type holds for the whole operation. */
  holds(indicator: Indicator): boolean;
}

const isKnownTo = (registry: TypeRegistry, credential: Credential | UpstreamError, type: IndicatorType): boolean =>
  !(credential instanceof UpstreamError) && isListed(type, registry.get(credential) ?? []);

/** Made here, so that what is kept of an answer does not keep its operation alive. */
const whileHeld = (
  registry: TypeRegistry,
  credential: Credential | UpstreamError,
  type: IndicatorType,
  isHeld: boolean,
) => servedWhile(() => isKnownTo(registry, credential, type) === isHeld);

export function createTypeWitness(
  registry: TypeRegistry,
  credential: Credential | UpstreamError,
  operation: Pick<Operation, 'served'>,
): TypeWitness {
  const isKnown = (type: IndicatorType): boolean => isKnownTo(registry, credential, type);
  const decided = new Map<IndicatorType, boolean>();
  return {
    prepare({ type }) {
      if (witnesses[type] === 'IF_LISTED' && !(credential instanceof UpstreamError)) registry.refresh(credential);
    },
    holds({ type }) {
      if (witnesses[type] !== 'IF_LISTED') return witnesses[type] === 'YES';
      const isHeld = decided.get(type) ?? isKnown(type);
      decided.set(type, isHeld);
      operation.served?.add(whileHeld(registry, credential, type, isHeld));
      return isHeld;
    },
  };
}
