/** Which indicators Argus can be asked about at all, for one operation. */
import type { Indicator } from '../../../domain/indicator/indicator.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { MaybePromise, Operation } from '../../source.ts';
import { assumedTypes, isThinkable, namesFor, type ReputationTypes, type TypeBook } from './type-registry.ts';

export interface Applicability {
  /** The type names to ask for; none: Argus does not know the type. An error: that could not be found out. */
  namesOf(indicator: Indicator): MaybePromise<readonly string[] | UpstreamError>;
  /** As far as is known or assumed, without asking anybody. */
  isRuledOut(indicator: Indicator): boolean;
}

export function createApplicability(
  book: TypeBook,
  credential: Credential | UpstreamError,
  /** Not its signal: taking that starts the operation's clock. */
  operation: Pick<Operation, 'signal' | 'grounds'>,
): Applicability {
  let known: ReputationTypes | undefined;
  const lookUp = (own: Credential): ReputationTypes | undefined => {
    const found = book.known(own);
    operation.grounds?.set(book, () => book.recall(own) === found);
    return found;
  };
  return {
    namesOf({ type }) {
      if (!isThinkable(type)) return [];
      if (credential instanceof UpstreamError) return credential;
      known ??= lookUp(credential); // one answer for the whole operation
      const names = namesFor(type, known ?? assumedTypes);
      if (names.length > 0 || known !== undefined) return names;
      // The documented types are asked for at once; of any other nobody says yet that Argus does not know it.
      return book.soon(credential, operation.signal).then(told => {
        if (told instanceof UpstreamError) return told;
        known ??= told;
        return namesFor(type, known);
      });
    },
    isRuledOut({ type }) {
      const isOut = () => {
        const told = credential instanceof UpstreamError ? undefined : book.recall(credential);
        return namesFor(type, told ?? assumedTypes).length === 0;
      };
      const found = isOut();
      operation.grounds?.set(`${type} ruled out`, () => isOut() === found);
      return found;
    },
  };
}
