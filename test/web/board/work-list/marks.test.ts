import { describe, expect, it } from 'vitest';
import { createMarks, type MarkOutcome } from '../../../../src/web/board/work-list/marks.ts';

const one = { key: '1', value: 'evil.example.org', name: 'evil[.]example[.]org' };
const two = { key: '2', value: 'quiet.example.com', name: 'quiet[.]example[.]com' };
const recorded: MarkOutcome = { phase: 'RECORDED', detail: undefined };
const settled = () => new Promise(resolve => setImmediate(resolve));

/** Outcomes in the order in which they are given; `sent` is what was sent so far. */
function openMarks() {
  const sent: string[] = [];
  const waiting: ((outcome: MarkOutcome) => void)[] = [];
  const marks = createMarks({
    onMarked() {},
    send(value, state) {
      sent.push(`${value} ${state}`);
      const { promise, resolve } = Promise.withResolvers<MarkOutcome>();
      waiting.push(resolve);
      return promise;
    },
  });
  const answer = async (outcome: MarkOutcome) => {
    await settled();
    waiting.shift()?.(outcome);
    await settled();
  };
  return { marks, sent, answer, of: (key: string) => marks.view().marks.get(key) };
}

describe('the marks of the work list', () => {
  it('of one row are sent one after the other, those of different rows at once', async () => {
    const { marks, sent, answer, of } = openMarks();
    void marks.mark(one, 'REVIEWED');
    void marks.mark(two, 'REVIEWED');
    marks.undo();
    await settled();
    expect(sent).toEqual(['evil.example.org REVIEWED', 'quiet.example.com REVIEWED']);
    await answer(recorded);
    await answer(recorded);
    await answer(recorded);
    expect(sent.at(-1)).toBe('quiet.example.com NOT_REVIEWED');
    expect([of('1')?.recorded, of('2')?.recorded]).toEqual(['REVIEWED', 'NOT_REVIEWED']);
  });

  it('are undone from the last to the first, those that failed left out', async () => {
    const { marks, sent, answer } = openMarks();
    void marks.mark(one, 'REVIEWED');
    await answer(recorded);
    void marks.mark(two, 'REVIEWED');
    await answer({ phase: 'FAILED', detail: 'refused' });
    expect(marks.undo()).toBe('1');
    await answer(recorded);
    expect(marks.undo()).toBe(undefined);
    expect(sent).toEqual(['evil.example.org REVIEWED', 'quiet.example.com REVIEWED', 'evil.example.org NOT_REVIEWED']);
  });

  it('keep what was recorded before where a later one fails or is not answered', async () => {
    const { marks, answer, of } = openMarks();
    void marks.mark(one, 'REVIEWED');
    await answer(recorded);
    marks.undo();
    await answer({ phase: 'FAILED', detail: 'rate limited' });
    expect(of('1')).toEqual({ state: 'NOT_REVIEWED', recorded: 'REVIEWED', phase: 'FAILED', detail: 'rate limited' });
    void marks.mark(two, 'REVIEWED');
    await answer({ phase: 'UNSURE', detail: undefined });
    expect(of('2')).toMatchObject({ phase: 'UNSURE', recorded: undefined });
  });

  it('that nobody may make leave the row as it was and say why, until there is another key', async () => {
    const { marks, answer, of } = openMarks();
    void marks.mark(one, 'REVIEWED');
    await answer({ phase: 'FORBIDDEN', detail: 'TRIAGE_WRITES is off' });
    expect(of('1')).toBe(undefined);
    expect(marks.view().forbidden).toBe('TRIAGE_WRITES is off');
    marks.forgetRefusals();
    expect(marks.view().forbidden).toBe(undefined);
  });
});
