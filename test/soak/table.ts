import { megabytes, type SoakResult } from './soak.ts';

/** Everything that was not as it must be. */
export function findings({
  violations,
  hasCrashed,
  bugs,
  tally,
  heapBefore,
  heapAfter,
}: SoakResult): readonly string[] {
  return [
    ...violations.map(({ kind, detail }) => `${kind}: ${detail}`),
    ...bugs.map(line => `bug: ${line}`),
    ...(hasCrashed ? ['the gateway crashed'] : []),
    ...(Number.isFinite(tally.recoveredAfterMs) ? [] : ['the sources did not come back']),
    ...(heapAfter > heapBefore * 1.1 ? [`heap: ${megabytes(heapBefore)} before, ${megabytes(heapAfter)} after`] : []),
  ];
}

/** The summary, in Markdown. */
export function table(result: SoakResult): string {
  const rows = [...loadRows(result), ...troubleRows(result), ...endRows(result)];
  return ['| what | |', '| --- | --- |', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
}

type Row = readonly [what: string, value: string];

function loadRows({ tally }: SoakResult): readonly Row[] {
  const sorted = tally.milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return [
    ['operations answered and checked', String(tally.operations)],
    ['values in them', String(tally.values)],
    ['operations whose client left', String(tally.leftBehind)],
    ['answered within, median / 99 % / longest', `${at(0.5)} / ${at(0.99)} / ${at(1)} ms`],
    ['upstream calls, as traced', counts(tally.calls)],
    ['what was told of the sources', counts(tally.reports)],
  ];
}

function troubleRows({ emulators, redis }: SoakResult): readonly Row[] {
  return (['datadog', 'argus'] as const)
    .map((name): Row => {
      const byKind = new Map<string, number>();
      for (const { fault, hits } of emulators[name].faults.timeline)
        byKind.set(fault.kind, (byKind.get(fault.kind) ?? 0) + hits);
      return [`faults of ${name === 'argus' ? 'Argus' : 'Datadog'}, requests hit`, counts(byKind)];
    })
    .concat([['Redis', counts(new Map(Object.entries(redis)))]]);
}

function endRows({ violations, tally, stalls, hasCrashed, bugs, heapBefore, heapAfter }: SoakResult): readonly Row[] {
  const byKind = new Map<string, number>();
  for (const { kind } of violations) byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  const growth = Math.round((heapAfter / heapBefore - 1) * 100);
  return [
    ['both sources back after', `${tally.recoveredAfterMs} ms`],
    ['heap before / after', `${megabytes(heapBefore)} / ${megabytes(heapAfter)} (${growth} %)`],
    ['times this machine stood still', String(stalls)],
    ['crashes, lines that tell of a bug', `${hasCrashed ? 1 : 0}, ${bugs.length}`],
    ['false cleans', String(byKind.get('false clean') ?? 0)],
    ['wrong joins', String(byKind.get('wrong join') ?? 0)],
    ['unanswered', String(byKind.get('unanswered') ?? 0)],
    ['other violations', counts(new Map([...byKind].filter(([kind]) => !promised.includes(kind)))) || 'none'],
  ];
}

const promised = ['false clean', 'wrong join', 'unanswered'];

const counts = (byName: ReadonlyMap<string, number>): string =>
  [...byName]
    .toSorted()
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
