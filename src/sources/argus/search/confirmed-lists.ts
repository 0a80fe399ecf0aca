/** That there is nothing on the lists that were named is believed only where all of them are known. */
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { CallParts } from '../../traced-call.ts';
import { unconfirmedList } from '../errors.ts';
import type { RecordsOutcome } from '../facts.ts';
import type { MappedRecord } from '../mapping.ts';
import type { ListNames } from './list-names.ts';

export interface ConfirmedLists {
  /** The lists of these records are confirmed. */
  see(records: readonly MappedRecord[]): void;
  /**
   * Asks Argus about names that no record has confirmed yet: of each field's one after the other, until one is not known.
   * Undefined: there is nothing to ask. Never rejects.
   */
  confirm(fields: readonly (readonly string[])[]): Promise<void> | undefined;
  /**
   * An error in place of the outcome if one of the lists is not known, or Argus could not be asked about it. Undefined: it has
   * not been asked.
   */
  check(outcome: RecordsOutcome, names: readonly string[] | undefined): RecordsOutcome | undefined;
}

/** Whether the list is known, or why Argus could not be asked. A bug of ours is thrown where it is read. */
type ListConfirmation = boolean | UpstreamError | { readonly bug: unknown };

const asAnswer = (problem: unknown): ListConfirmation =>
  problem instanceof UpstreamError ? problem : { bug: problem };

/** For one operation, in which an answer about a name holds. */
export function confirmLists(
  lists: ListNames,
  credential: Credential | UpstreamError,
  /** Called only where Argus is asked: it starts the timer of the operation. */
  optionsOf: () => CallParts,
): ConfirmedLists {
  const answers = new Map<string, ListConfirmation>();

  const note = (name: string, answer: ListConfirmation): void => void answers.set(name, answer);

  function confirmField(names: readonly string[], own: Credential): Promise<void> | undefined {
    for (const name of names) {
      const answer = answers.get(name) ?? lists.isConfirmed(own, name, optionsOf);
      if (answer instanceof Promise)
        return answer.catch(asAnswer).then(known => {
          note(name, known);
          return confirmField(names, own);
        });
      note(name, answer);
      if (answer !== true) return undefined;
    }
    return undefined;
  }

  return {
    see(records) {
      if (!(credential instanceof UpstreamError)) lists.see(credential, records);
    },
    confirm(fields) {
      if (credential instanceof UpstreamError) return undefined;
      const pending = fields.map(names => confirmField(names, credential)).filter(asked => asked !== undefined);
      return pending.length === 0 ? undefined : Promise.all(pending).then(() => {});
    },
    check(outcome, names = []) {
      if (outcome.fact === undefined) return outcome;
      for (const name of names) {
        const answer = answers.get(name);
        if (typeof answer === 'object' && 'bug' in answer) throw answer.bug;
        if (answer instanceof UpstreamError) return { error: answer };
        if (answer !== true) return answer === undefined ? undefined : { error: unconfirmedList(name) };
      }
      return outcome;
    },
  };
}
