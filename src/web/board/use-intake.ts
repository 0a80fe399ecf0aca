/** Turns pasted text into rows: a list directly, a report through the gateway. */
import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { plural } from './format.ts';
import { extract, keyWanted, setKey } from './gateway.ts';
import { linesOf, maxRows, readPasted } from './paste.ts';
import { AskFailed, type Session } from './session.ts';

export function useIntake(session: Session, say: (notice: string) => void) {
  const client = useApolloClient();
  /** A report that waits until the user enters the gateway's key. */
  const [kept, setKept] = useState<string>();

  function add(values: readonly string[], from: 'list' | 'text') {
    const { added, leftOut } = session.add(values);
    const found = from === 'text' ? `${plural(values.length, 'indicator')} found in the text` : 'Read as a list';
    const full =
      leftOut > 0 ? `; ${plural(leftOut, 'row')} left out, the board holds ${maxRows.toLocaleString('en')}` : '';
    say(`${found}, ${plural(added, 'new row')}${full}`);
  }

  async function take(text: string, asList = false) {
    const pasted = asList ? { list: linesOf(text) } : readPasted(text);
    if ('list' in pasted) return add(pasted.list, 'list');
    try {
      add(await extract(client, pasted.report), 'text');
      setKept(undefined);
    } catch (error) {
      const why = error instanceof AskFailed ? error.message : 'The text could not be read';
      if (why === keyWanted) setKept(text);
      say(`Nothing was added. ${why}`);
    }
  }

  function giveKey(key: string) {
    setKey(key);
    session.askFailed();
    if (kept !== undefined) void take(kept);
  }

  return { take, giveKey, waitsForKey: kept !== undefined };
}
