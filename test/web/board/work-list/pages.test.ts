import { describe, expect, it } from 'vitest';
import { LookupError } from '../../../../src/web/board/entry.ts';
import { createPages, type ListPage } from '../../../../src/web/board/work-list/pages.ts';
import { firstQuestion } from '../../../../src/web/board/work-list/question.ts';

interface Row {
  readonly id: string;
}

/** A list on the other side that loses rows as they are reviewed, counted from its beginning as Datadog counts. */
function openList(size: number, pageSize: number) {
  const rows = Array.from({ length: size }, (_, at) => `row-${at}`);
  const reviewed = new Set<string>();
  const unsure = new Set<string>();
  const asked: (string | null)[] = [];
  let failure: LookupError | undefined;
  let now = 0;
  const pages = createPages<Row>({
    now: () => now,
    hasLeft: ({ id }) => (unsure.has(id) ? 'MAYBE' : reviewed.has(id)),
    async fetchPage(_question, after): Promise<ListPage<Row>> {
      asked.push(after);
      if (failure) throw failure;
      const left = rows.filter(id => !reviewed.has(id));
      const [offset = 0, count = left.length] = after?.split('/').map(Number) ?? [];
      const cursorAt = (place: number) => `${place}/${left.length}`;
      const page = left.slice(offset, offset + pageSize);
      const end = offset + page.length;
      return {
        rows: page.map((id, at) => ({ cursor: cursorAt(offset + at + 1), row: { id } })),
        total: left.length,
        next: end < left.length ? cursorAt(end) : null,
        hasMoved: left.length !== count,
      };
    },
  });
  const settled = () => new Promise(resolve => setImmediate(resolve));
  return {
    pages,
    asked,
    reviewed,
    unsure,
    ids: () => pages.view().rows.map(({ id }) => id),
    fail(error: LookupError | undefined) {
      failure = error;
    },
    later(ms: number) {
      now += ms;
    },
    async start() {
      pages.start(firstQuestion);
      await settled();
    },
    async more() {
      pages.more();
      await settled();
    },
    async retry(how: 'retry' | 'retryDue') {
      pages[how]();
      await settled();
    },
  };
}

const all = (size: number) => Array.from({ length: size }, (_, at) => `row-${at}`);

describe('the pages of the work list', () => {
  it('follow each other to the end', async () => {
    const list = openList(25, 10);
    await list.start();
    expect(list.pages.view()).toMatchObject({ phase: 'WAITING', total: 25, hasMoved: false });
    await list.more();
    await list.more();
    expect(list.ids()).toEqual(all(25));
    expect(list.pages.view().phase).toBe('COMPLETE');
    await list.more();
    expect(list.asked).toEqual([null, '10/25', '20/25']);
  });

  it('lose no row to those that were reviewed meanwhile, and say nothing of rows that we moved', async () => {
    const list = openList(40, 10);
    await list.start();
    for (const id of ['row-0', 'row-3', 'row-9']) list.reviewed.add(id);
    await list.more();
    // Three of the ten have left: what was the eleventh is now the eighth.
    expect(list.asked).toEqual([null, '7/40']);
    list.reviewed.add('row-12').add('row-1');
    await list.more();
    while (list.pages.view().phase === 'WAITING') await list.more();
    expect(list.ids()).toEqual(all(40));
    expect(list.pages.view().hasMoved).toBe(false);
  });

  it('take a mark that may have been recorded for either', async () => {
    for (const isRecorded of [true, false]) {
      const list = openList(30, 10);
      await list.start();
      list.unsure.add('row-4');
      if (isRecorded) list.reviewed.add('row-4');
      while (list.pages.view().phase === 'WAITING') await list.more();
      expect(list.ids()).toEqual(all(30));
      expect(list.pages.view().hasMoved).toBe(false);
    }
  });

  it('begin again where more was reviewed than the last page holds', async () => {
    const list = openList(30, 5);
    await list.start();
    await list.more();
    for (const id of all(9)) list.reviewed.add(id);
    while (list.pages.view().phase === 'WAITING') await list.more();
    expect(list.asked[2]).toBe(null);
    expect(list.ids()).toEqual(all(30));
  });

  it('that fail leave what was read, and are read again when their time has come, or at once when told to', async () => {
    const list = openList(25, 10);
    await list.start();
    list.fail(new LookupError('Datadog is unavailable', 30, false));
    await list.more();
    await list.more();
    expect(list.asked.length).toBe(2);
    expect(list.ids()).toEqual(all(10));
    expect(list.pages.view()).toMatchObject({ phase: 'FAILED', failure: { retryAt: 30_000 } });
    list.later(29_000);
    await list.retry('retryDue');
    expect(list.asked.length).toBe(2);
    list.later(1_000);
    await list.retry('retryDue');
    expect(list.asked.length).toBe(3);
    list.fail(undefined);
    await list.retry('retry');
    expect(list.ids()).toEqual(all(20));
    expect(list.pages.view()).toMatchObject({ phase: 'WAITING', failure: undefined });
  });

  it('are not read again by themselves where that is of no use', async () => {
    const list = openList(25, 10);
    list.fail(new LookupError('no such field', undefined, true));
    await list.start();
    list.later(3_600_000);
    await list.retry('retryDue');
    expect(list.asked.length).toBe(1);
  });

  it('end at a thousand rows, which the page says', async () => {
    const list = openList(1_100, 100);
    await list.start();
    while (list.pages.view().phase === 'WAITING') await list.more();
    expect(list.ids()).toEqual(all(1_000));
    expect(list.pages.view().phase).toBe('FULL');
  });

  it('of an earlier question are dropped', async () => {
    const list = openList(25, 10);
    list.pages.start(firstQuestion);
    await list.start();
    expect(list.ids()).toEqual(all(10));
  });
});
