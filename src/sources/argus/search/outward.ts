import type { ServedFact } from '../../../cache/fact-kind.ts';
import { servedWhile } from '../../fact-row.ts';

/** Whether a block around an address was ever found: that Argus looks outward is not documented. */
export interface Outward {
  isSeen(): boolean;
  see(): void;
  /** What an answer rests on that was made while it was so, or while it was not. */
  served(isSeen: boolean): ServedFact;
}

export function createOutward(): Outward {
  let hasSeen = false;
  const whileSeen = servedWhile(() => hasSeen);
  const whileUnseen = servedWhile(() => !hasSeen);
  return {
    isSeen: () => hasSeen,
    see() {
      hasSeen = true;
    },
    served: isSeen => (isSeen ? whileSeen : whileUnseen),
  };
}
