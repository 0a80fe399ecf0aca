/**
 * `npm run structure`, or `node bench/structure.ts FOLDER` for another checkout: how large files and functions are, which
 * type names are declared twice, and which files import each other in a circle. Counts `src/**\/*.{ts,tsx}`; generated code
 * is left out everywhere.
 */
import { join, resolve } from 'node:path';
import { type LocalImport, type PlacedNode, readSources, type SourceFile } from './syntax.ts';

interface MeasuredFunction {
  readonly name: string;
  readonly place: string;
  readonly lines: number;
  /** Without the lines of the functions inside that have a block body themselves. */
  readonly ownLines: number;
}

/** The pages in the browser: `web/` today, `server/graphiql/` in older checkouts. */
const isPage = (path: string): boolean => /^(web|server\/graphiql)\//.test(path);

export const linesOf = ({ text }: SourceFile): number => text.split('\n').length - 1;

export function functionsOf({ nodes, text, path }: SourceFile): readonly MeasuredFunction[] {
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const spans = nodes
    .filter(({ node }) => /Function/.test(node.type) && Object(node.body).type === 'BlockStatement')
    .map(placed => ({ name: nameOf(placed), first: lineOf(placed.node.start), last: lineOf(placed.node.end) }));
  return spans.map(({ name, first, last }, index) => {
    const inside = spans.slice(index + 1).filter(other => other.first >= first && other.last <= last);
    const isOwn = (line: number) => !inside.some(other => other.first <= line && line <= other.last);
    const lines = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    return { name, place: `${path}:${first}`, lines: lines.length, ownLines: lines.filter(isOwn).length };
  });
}

function nameOf({ node, parent }: PlacedNode): string {
  const named = Object(node.id ?? parent?.id ?? parent?.key);
  return named.name ?? named.value ?? 'anonymous';
}

/** The strongly connected components of more than one file, the largest first. */
export function cyclesOf(
  files: readonly SourceFile[],
  counts: (link: LocalImport) => boolean,
): readonly (readonly string[])[] {
  const links = new Map(files.map(({ path, imports }) => [path, imports.filter(counts).map(({ to }) => to)]));
  const reached = new Map(files.map(({ path }) => [path, reachableFrom(path, links)]));
  const components = files.map(({ path }) =>
    [...(reached.get(path) ?? [])].filter(other => other === path || reached.get(other)?.has(path)).toSorted(),
  );
  const distinct = new Map(components.filter(({ length }) => length > 1).map(paths => [paths.join(), paths]));
  return [...distinct.values()].toSorted((a, b) => b.length - a.length);
}

export const isAtRunTime = ({ isTypeOnly }: LocalImport): boolean => !isTypeOnly;

function reachableFrom(start: string, links: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([start]);
  // A set may grow while it is read: what is added is read as well.
  for (const path of reached) for (const next of links.get(path) ?? []) if (links.has(next)) reached.add(next);
  return reached;
}

/** "Name: first.ts, second.ts" of each type name that more than one file declares. */
export function repeatedTypeNames(files: readonly SourceFile[]): readonly string[] {
  const declared = files.flatMap(({ path, nodes }) => {
    const declarations = nodes.filter(({ node }) => /^TS(Interface|TypeAlias)Declaration$/.test(node.type));
    return [...new Set(declarations.map(nameOf))].map(name => ({ name, path }));
  });
  return [...Map.groupBy(declared, ({ name }) => name)]
    .filter(([, places]) => places.length > 1)
    .map(([name, places]) => `${name}: ${places.map(({ path }) => path).join(', ')}`)
    .toSorted();
}

function rowOf([title, values]: readonly [string, readonly number[]]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  const columns = [sorted.length, at(0.5), at(0.9), at(1)].map(value => String(value).padStart(7));
  return title.padEnd(26) + columns.join('');
}

const listOf = (title: string, entries: readonly string[]): string =>
  [`${title}: ${entries.length}`, ...entries.map(entry => `  ${entry}`)].join('\n');
const cycleLine = (paths: readonly string[]): string => `${paths.length} files: ${paths.join(', ')}`;
const functionLine = ({ name, place, lines, ownLines }: MeasuredFunction): string =>
  `${ownLines} of ${lines}: ${name} (${place})`;

/** What `npm run structure` prints of a folder of sources. */
export function report(folder: string): string {
  const files = readSources(folder);
  const functions = files.flatMap(functionsOf);
  const longest = functions.toSorted((a, b) => b.ownLines - a.ownLines).slice(0, 10);
  const counted = files.filter(({ path }) => !isPage(path) && !path.startsWith('emulators/'));
  const rows = [
    ['a file', files.map(linesOf)],
    ['a function', functions.map(({ lines }) => lines)],
    ['a function, its own', functions.map(({ ownLines }) => ownLines)],
  ] as const;
  return [
    `${'lines of'.padEnd(26)}  count median    p90    max`,
    ...rows.map(rowOf),
    listOf('most own lines', longest.map(functionLine)),
    listOf('type names declared in more than one file', repeatedTypeNames(files)),
    listOf('import cycles, with type imports', cyclesOf(files, () => true).map(cycleLine)),
    listOf('import cycles at run time', cyclesOf(files, isAtRunTime).map(cycleLine)),
    `lines without pages, emulators and generated code: ${counted.reduce((sum, file) => sum + linesOf(file), 0)}`,
    '',
  ].join('\n');
}

if (import.meta.main)
  process.stdout.write(report(join(resolve(process.argv[2] ?? join(import.meta.dirname, '..')), 'src')));
