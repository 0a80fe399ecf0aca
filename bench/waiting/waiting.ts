/** What callers wait for, and what becomes of them under load: each row beside its goal, and beside another checkout. */
import { type Figures, type Round, summarise, tell } from '../figures.ts';
import type { BenchOptions } from '../main.ts';
import { runOn } from '../processor.ts';
import { rows, type WaitingRow } from './rows.ts';

const goals = Object.entries(rows).flatMap(([row, own]) =>
  Object.entries(own.goals).map(([name, goal]) => [`${row}: ${name}`, goal] as const),
);

export async function runWaiting(options: BenchOptions): Promise<Figures> {
  const { only = '', skip } = options;
  const wanted = Object.entries(rows).filter(([name]) => name.includes(only) && !(skip && name.includes(skip)));
  const figures: Record<string, Figures[string]> = {};
  runOn('first', process.pid);
  try {
    for (const [name, row] of wanted) Object.assign(figures, await run(name, row, options));
  } finally {
    runOn('all', process.pid);
    tell(figures, options, { goal: Object.fromEntries(goals) });
  }
  return figures;
}

/** Each gateway in turn, in alternating order. */
async function run(name: string, { measure, maxRounds }: WaitingRow, options: BenchOptions): Promise<Figures> {
  const { rounds, seconds: scale, before } = options;
  const gateways = { ...(before !== undefined && { before }), now: undefined };
  const measured = new Map<string, Round[]>(Object.keys(gateways).map(gateway => [gateway, []]));
  for (let round = 0; round < Math.min(rounds, maxRounds); round += 1) {
    const all = Object.entries(gateways);
    for (const [gateway, checkout] of round % 2 === 0 ? all : all.toReversed()) {
      const figures = await measure({ checkout, scale });
      process.stderr.write(`${name}, ${gateway}: ${JSON.stringify(figures)}\n`);
      measured.get(gateway)?.push(figures);
    }
  }
  return byFigure(name, measured);
}

/** A row for each figure, with a column for each gateway. */
function byFigure(name: string, measured: ReadonlyMap<string, readonly Round[]>): Figures {
  const columns = [...measured].map(([gateway, rounds]) => [gateway, summarise(rounds)] as const);
  const names = new Set(columns.flatMap(([, figures]) => Object.keys(figures)));
  const rowOf = (figure: string) => columns.flatMap(([gateway, { [figure]: own }]) => (own ? [[gateway, own]] : []));
  return Object.fromEntries([...names].map(figure => [`${name}: ${figure}`, Object.fromEntries(rowOf(figure))]));
}
