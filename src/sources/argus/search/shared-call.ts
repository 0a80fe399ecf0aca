/** The options of one upstream call that serves several in-flight calls. */
import type { InFlightCall } from '../../../cache/fact-kind.ts';
import type { CallParts } from '../../traced-call.ts';

type Member = Pick<
  InFlightCall<unknown, unknown>,
  'signal' | 'deadlineAt' | 'isAwaited' | 'caller' | 'isSmall' | 'trace'
>;

/**
 * The call is aborted when all members are, and its deadline is the latest of theirs. There is at least one member; call
 * `watch` when others have joined.
 */
export function shareCall(members: () => readonly Member[]): { readonly options: CallParts; watch(): void } {
  const controller = new AbortController();
  const [leader] = members() as [Member, ...Member[]];
  const abortIfAllAre = (): void => {
    if (members().every(({ signal }) => signal.aborted)) controller.abort();
  };
  const watch = (): void => {
    for (const { signal } of members()) signal.addEventListener('abort', abortIfAllAre, { once: true });
  };
  watch();
  const options: CallParts = {
    signal: controller.signal,
    deadlineAt: () => Math.max(...members().map(call => call.deadlineAt())),
    isAwaited: () => members().some(call => call.isAwaited()),
    caller: leader.caller,
    isSmall: members().some(({ isSmall }) => isSmall),
    trace: leader.trace.sharedWith(() => members().map(({ trace }) => trace)),
  };
  return { options, watch };
}
