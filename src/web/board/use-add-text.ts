/** Turns pasted text into rows: a list directly, a report through the gateway. */
import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { isList, linesOf } from '../../clients/list-or-text.ts';
import { plural } from './format.ts';
import { extract, keyRequired, setKey } from './gateway.ts';
import type { Item } from './item.ts';
import { LookupError, maxRows, type Session } from './session.ts';

export function useAddText(session: Session, items: readonly Item[], notify: (notice: string) => void) {
  const client = useApolloClient();
  /** A report that waits until the user enters the gateway's key. */
  const [waitingText, setWaitingText] = useState<string>();

  function addRows(values: readonly string[], found: string) {
    const { added, leftOut } = session.add(values);
    const full = `; ${plural(leftOut, 'row')} left out, the board holds ${maxRows.toLocaleString('en')}`;
    notify(`${found}, ${plural(added, 'new row')}${leftOut > 0 ? full : ''}`);
  }

  async function addReport(text: string) {
    try {
      const values = await extract(client, text);
      addRows(values, `${plural(values.length, 'indicator')} found in the text`);
      setWaitingText(undefined);
    } catch (error) {
      const why = error instanceof LookupError ? error.message : 'The text could not be read';
      if (why === keyRequired) setWaitingText(text);
      notify(`Nothing was added. ${why}`);
    }
  }

  function addText(text: string, asList = false) {
    const lines = linesOf(text);
    if (asList || isList(lines)) addRows(lines, 'Read as a list');
    else void addReport(text);
  }

  function submitKey(key: string) {
    setKey(key);
    session.retryFailed();
    if (waitingText !== undefined) void addReport(waitingText);
  }

  const isKeyRequired = waitingText !== undefined || items.some(({ entry }) => entry.failure === keyRequired);
  return { addText, submitKey, isKeyRequired };
}
