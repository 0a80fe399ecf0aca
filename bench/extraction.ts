/** How much of the corpus of texts is found, how much of what is found is right, and how fast, beside other extractors. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { indicatorKey } from '../src/domain/indicator/indicator.ts';
import { type IndicatorType, indicatorTypes } from '../src/domain/indicator/model.ts';
import {
  type FoundByType,
  peerKeys,
  searchByIocExtractor,
  typesOfIocExtractor,
} from '../test/domain/extraction/peer-keys.ts';
import { ofTypes, precisionOf, recallOf, type Score, scoreOf, sumOf } from '../test/domain/extraction/scores.ts';
import { type CorpusFile, corpusFiles } from '../test/domain/extraction/truth.ts';
import { extractIndicators } from '../test/setup/extract.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { BenchOptions } from './main.ts';

type Files = readonly CorpusFile[];

export async function runExtraction(options: BenchOptions): Promise<Figures> {
  const files = corpusFiles.filter(({ name }) => name.includes(options.only ?? ''));
  const ours = { ...ofEachKind(files, options), ...ofEachType(files) };
  tell(ours, options);
  const beside = besidePeers(files);
  tell(beside, options);
  return { ...ours, ...beside };
}

const scoreOfOurs = (file: CorpusFile): Score => scoreOf(extractIndicators(file.text).map(indicatorKey), file);
const figuresOf = (score: Score): Round => ({ precision: precisionOf(score), recall: recallOf(score) });
const megabytesIn = (files: Files): number => files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6;

function ofEachKind(files: Files, { rounds, seconds }: BenchOptions): Figures {
  const rowOf = (of: Files) => {
    const figures = figuresOf(sumOf(of.map(scoreOfOurs)));
    const speeds = Array.from({ length: rounds }, () => ({ ...figures, 'MB/s': speedOn(of, seconds / 10) }));
    return summarise(speeds);
  };
  return { ...Object.fromEntries(files.map(file => [file.name, rowOf([file])])), 'all kinds': rowOf(files) };
}

function ofEachType(files: Files): Figures {
  const total = sumOf(files.map(scoreOfOurs));
  const types = indicatorTypes.filter(type => type !== 'OTHER');
  return Object.fromEntries(types.map(type => [type, summarise([figuresOf(ofTypes(total, [type]))])]));
}

function speedOn(files: Files, seconds: number): number {
  const start = performance.now();
  let turns = 0;
  do {
    for (const { text } of files) extractIndicators(text);
    turns++;
  } while (performance.now() - start < seconds * 1_000);
  return (turns * megabytesIn(files) * 1_000) / (performance.now() - start);
}

interface Search {
  readonly found: readonly FoundByType[];
  readonly seconds: number;
}

interface Extractor {
  readonly types: readonly IndicatorType[];
  readonly search: (texts: readonly string[]) => Search | undefined;
}

/** What each does not know is not held against it. */
const extractors: Readonly<Record<string, Extractor>> = {
  'ioc-extractor': { types: typesOfIocExtractor, search: byIocExtractor },
  iocextract: {
    types: typesOfIocExtractor.filter(type => type !== 'DOMAIN'),
    search: texts => byPython('iocextract', texts),
  },
  'ioc-finder': { types: [...typesOfIocExtractor, 'CIDR'], search: texts => byPython('ioc_finder', texts) },
};

function besidePeers(files: Files): Figures {
  const ours = sumOf(files.map(scoreOfOurs));
  const rows = Object.entries(extractors).flatMap(([name, { types, search }]) => {
    const result = search(files.map(({ text }) => text));
    if (result === undefined) process.stdout.write(`${name} is not installed: bench/README.md says how\n`);
    return result === undefined ? [] : [[name, rowOfPeer(files, types, result, ours)] as const];
  });
  return Object.fromEntries(rows);
}

function rowOfPeer(files: Files, types: readonly IndicatorType[], { found, seconds }: Search, ours: Score) {
  const scores = files.map((file, index) => scoreOf(peerKeys(found[index] ?? {}, file), file));
  const own = ofTypes(ours, types);
  const speed = megabytesIn(files) / seconds;
  const beside = { 'our precision': precisionOf(own), 'our recall': recallOf(own) };
  return summarise([{ ...figuresOf(ofTypes(sumOf(scores), types)), 'MB/s': speed, ...beside }]);
}

function byIocExtractor(texts: readonly string[]): Search {
  texts.forEach(searchByIocExtractor);
  const start = performance.now();
  const found = texts.map(searchByIocExtractor);
  return { found, seconds: (performance.now() - start) / 1_000 };
}

function byPython(module: string, texts: readonly string[]): Search | undefined {
  if (spawnSync('python3', ['-c', `import ${module}`]).status !== 0) return undefined;
  const script = fileURLToPath(new URL('extraction-peers.py', import.meta.url));
  const { stdout, stderr, status } = spawnSync('python3', [script, module], {
    input: JSON.stringify(texts),
    maxBuffer: 64 * 1024 * 1024,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${module} failed: ${stderr}`);
  return JSON.parse(stdout);
}
