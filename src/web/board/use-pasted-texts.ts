/** The reports that were pasted, kept until the board is cleared, and the reading of them. */
import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { plural } from './format.ts';
import { createExtract } from './gateway.ts';
import { leftOutWords, type Session } from './session.ts';
import { outcomeOf, type PastedText, toPastedText, unreadWords, valuesIn, withPart } from './text/pasted-text.ts';
import { readInParts } from './text/read-in-parts.ts';

export type PastedTexts = ReturnType<typeof usePastedTexts>;

export function usePastedTexts(session: Session, notify: (notice: string) => void) {
  const client = useApolloClient();
  const [all, setAll] = useState<readonly PastedText[]>([]);
  const nextId = useRef(1);
  /** Increased when the board is cleared: what is still being read then is dropped. */
  const generation = useRef(0);

  const put = (text: PastedText) =>
    setAll(before => [...before.filter(({ id }) => id !== text.id), text].toSorted((a, b) => b.id - a.id));

  /** Reads what is unread. Rows are added as they are found. */
  async function read(given: PastedText) {
    const startedIn = generation.current;
    let text: PastedText = { ...given, isReading: true };
    let [added, leftOut] = [0, 0];
    put(text);
    notify('Reading the text …');
    for await (const part of readInParts(text.text, text.unread, createExtract(client))) {
      if (startedIn !== generation.current) return;
      const known = new Set(valuesIn(text));
      text = withPart(text, part);
      const result = session.add(valuesIn(text).filter(value => !known.has(value)));
      [added, leftOut] = [added + result.added, leftOut + result.leftOut];
    }
    put({ ...text, isReading: false });
    notify(`${outcomeOf(text)}, ${plural(added, 'new row')}${leftOutWords(leftOut)}${unreadWords(text)}`);
  }

  return {
    all,
    add: (text: string) => void read(toPastedText(nextId.current++, text)),
    tryAgain() {
      for (const text of all) if (text.unread.length > 0 && !text.isReading) void read(text);
    },
    clear() {
      generation.current += 1;
      setAll([]);
    },
  };
}
