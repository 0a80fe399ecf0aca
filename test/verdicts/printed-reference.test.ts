/** `docs/reference.md` names every error code and every status, and no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/graphql/error-codes.ts';
import { readSchema } from '../../src/graphql/schema.ts';

const page = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');

/** The rows of the table whose head begins with this cell. */
function tableAfter(head: string): readonly string[] {
  const [, after = ''] = page.split(`| ${head} |`);
  const [table = ''] = after.split('\n\n');
  return table.split('\n').slice(2);
}

const namesIn = (text: string): readonly string[] => [...text.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);

describe('the reference', () => {
  it('lists every error code that a client can meet', () => {
    // Apollo's own name for an operation that the document does not have leaves the gateway as BAD_REQUEST.
    const shown = errorCodes.filter(code => code !== 'OPERATION_RESOLUTION_FAILURE');
    const listed = tableAfter('code').flatMap(row => namesIn(row.split('|')[1] ?? ''));
    expect(listed.toSorted()).toEqual(shown.toSorted());
  });

  it('says for every status of a source what leads to it, and with which code', () => {
    const [, members = ''] = /^enum SourceStatus \{([\s\S]*?)^\}/m.exec(readSchema()) ?? [];
    const statuses = [...members.matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, name]) => name);
    const rows = tableAfter('what came').map(row => row.split('|'));
    const [first] = rows.map(cells => cells[3] ?? '').map(namesIn);
    expect(first).toEqual(['MATCHED']);
    expect(new Set(rows.map(cells => namesIn(cells[3] ?? '')[0]))).toEqual(new Set(statuses));
    const codes: readonly string[] = errorCodes;
    expect(rows.flatMap(cells => namesIn(cells[2] ?? '')).filter(code => !codes.includes(code))).toEqual([]);
  });
});
