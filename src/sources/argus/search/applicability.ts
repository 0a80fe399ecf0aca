/** For one operation: under which type names Argus may keep an indicator, if any. */
import type { Indicator, IndicatorType } from '../../../domain/indicator/model.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { MaybePromise } from '../../deferred.ts';
import type { Operation } from '../../source.ts';
import type { ReputationTypes } from '../mapping.ts';
import { assumedTypes, mayHaveName, namesFor } from './type-names.ts';
import type { TypeRegistry } from './type-registry.ts';

export interface Applicability {
  /** The type names to search for; none: Argus does not know the types. An error: that could not be found out. */
  namesOf(types: readonly IndicatorType[]): MaybePromise<readonly string[] | UpstreamError>;
  /** Argus does not know the type, as far as is known or assumed without a call. */
  isRuledOut(indicator: Indicator): boolean;
}

export function createApplicability(
  registry: TypeRegistry,
  credential: Credential | UpstreamError,
  /** Its signal is read only when it is needed, because reading it starts the operation's clock. */
  operation: Pick<Operation, 'signal' | 'validators'>,
): Applicability {
  // The first list holds for the whole operation.
  let known: ReputationTypes | undefined;
  const readKnown = (own: Credential): ReputationTypes | undefined => {
    const types = registry.getOrRefresh(own);
    operation.validators?.set(registry, () => registry.get(own) === types);
    return types;
  };
  return {
    namesOf(types) {
      if (!types.some(mayHaveName)) return [];
      if (credential instanceof UpstreamError) return credential;
      known ??= readKnown(credential);
      const names = namesFor(types, known ?? assumedTypes);
      if (names.length > 0 || known !== undefined) return names;
      // Documented types are searched for at once. Any other type is unknown to Argus only if its list says so.
      return registry.waitFor(credential, operation.signal).then(listed => {
        if (listed instanceof UpstreamError) return listed;
        known ??= listed;
        return namesFor(types, known);
      });
    },
    isRuledOut({ type }) {
      const isOut = () => {
        const types = credential instanceof UpstreamError ? undefined : registry.get(credential);
        return namesFor([type], types ?? assumedTypes).length === 0;
      };
      const ruledOut = isOut();
      operation.validators?.set(`${type} ruled out`, () => isOut() === ruledOut);
      return ruledOut;
    },
  };
}
