/** Reports of any size: what the gateway does not take at once goes in parts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandBench, plain, rowsIn, startCommandBench } from './bench.ts';

let bench: CommandBench;
beforeAll(async () => {
  bench = await startCommandBench();
});
afterAll(() => bench?.stop());

const inputsOf = (out: string) => rowsIn(out).map(({ input }) => input);
const names = (count: number) => Array.from({ length: count }, (_, at) => `host${at}.big.example.org`);

describe('a report', () => {
  it('with more indicators than one operation may name is read whole, each once', async () => {
    const { code, out, err } = await bench.enrich([
      bench.fileOf(`We saw ${names(700).join(' and ')}.\nAgain: ${names(700).join(', ')}.`),
    ]);
    expect(inputsOf(out)).toEqual(names(700));
    expect(err).toMatch(/^700 looked up/);
    expect(code).toBe(0);
  });

  it('of more bytes than the gateway takes is read whole, in lines or in one', async () => {
    const words = 'nothing to see here '.repeat(50);
    for (const end of ['\n', ' ']) {
      const report = names(350)
        .map(name => `${words}${name}${end}`)
        .join('');
      expect(report.length).toBeGreaterThan(350_000);
      const { out } = await bench.enrich(['--text', bench.fileOf(report)]);
      expect(inputsOf(out)).toEqual(names(350));
    }
  });

  it('in JSON without a line end goes in parts as well', async () => {
    const { out } = await bench.enrich([bench.fileOf(JSON.stringify({ found: [names(700)] }))]);
    expect(inputsOf(out)).toEqual(names(700));
  });

  it('of one endless word ends, and holds nothing', async () => {
    const { code, err } = await bench.enrich([bench.fileOf(`a b ${'x'.repeat(300_000)} c d`)]);
    expect([code, err]).toEqual([0, 'No indicator was found.\n']);
  });

  it('shows its progress at a terminal', async () => {
    const { out } = await bench.atTerminal(['--csv', bench.fileOf(`See ${names(120).join(' and ')}.`)], 100);
    expect(plain(out)).toMatch(/50 looked up, \d+ %/);
  });
});

describe('a gateway that takes fewer values than are sent', () => {
  it('is asked in halves', async () => {
    const small = await startCommandBench({ MAX_VALUES: '8' });
    const list = await small.enrich([small.fileOf(names(60).join('\n'))]);
    const report = await small.enrich([small.fileOf(`See ${names(60).join(' and ')}.`)]);
    await small.stop();
    expect([list.code, inputsOf(list.out)]).toEqual([0, names(60)]);
    expect([report.code, inputsOf(report.out)]).toEqual([0, names(60)]);
  });
});
