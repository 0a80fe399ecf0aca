/** Turns pasted text into rows: a list directly, a report through the gateway. */
import { useEffect } from 'react';
import { isList, linesOf } from '../../clients/list-or-text.ts';
import { plural } from './format.ts';
import { keyRequired, onKey } from './gateway.ts';
import type { Item } from './item.ts';
import { leftOutWords, type Session } from './session.ts';
import { usePastedTexts } from './use-pasted-texts.ts';

export function useAddText(session: Session, items: readonly Item[], notify: (notice: string) => void) {
  const texts = usePastedTexts(session, notify);

  function addText(text: string, asList = false) {
    const lines = linesOf(text);
    if (!asList && !isList(lines)) return texts.add(text);
    const { added, leftOut } = session.add(lines);
    notify(`Read as a list, ${plural(added, 'new row')}${leftOutWords(leftOut)}`);
  }

  useEffect(() =>
    onKey(() => {
      session.retryFailed();
      texts.tryAgain();
    }),
  );

  const wantsKey = (why: string | undefined) => why === keyRequired;
  const isKeyRequired =
    texts.all.some(({ unread }) => unread.some(({ why }) => wantsKey(why))) ||
    items.some(({ entry }) => wantsKey(entry.failure));
  return { addText, isKeyRequired, texts };
}
