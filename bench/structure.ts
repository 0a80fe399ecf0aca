/**
 * `npm run structure`, or `node bench/structure.ts FOLDER` for another checkout: how large files and functions are, which
 * type names are declared twice, and which files import each other in a circle. Counts `src/**\/*.{ts,tsx}`; generated code
 * is left out everywhere.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseSync, visitorKeys } from 'oxc-parser';

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface MeasuredFunction {
  readonly name: string;
  readonly place: string;
  readonly lines: number;
  /** Without the lines of the functions inside that have a block body themselves. */
  readonly ownLines: number;
}

interface MeasuredFile {
  readonly path: string;
  readonly lines: number;
  readonly functions: readonly MeasuredFunction[];
  readonly typeNames: readonly string[];
  readonly imports: readonly LocalImport[];
}

interface LocalImport {
  readonly path: string;
  readonly isTypeOnly: boolean;
}

const isGenerated = (path: string): boolean => /(^|\/)generated(\/|\.tsx?$)/.test(path);
/** The pages in the browser: `web/` today, `server/graphiql/` in older checkouts. */
const isPage = (path: string): boolean => /^(web|server\/graphiql)\//.test(path);

function measureFile(source: string, path: string): MeasuredFile {
  const text = readFileSync(join(source, path), 'utf8');
  const nodes = nodesOf(parse(path, text));
  return {
    path,
    lines: text.split('\n').length - 1,
    functions: functionsOf(nodes, text, path),
    typeNames: nodes
      .filter(({ node }) => /^TS(Interface|TypeAlias)Declaration$/.test(node.type))
      .map(({ node }) => identifierOf(node.id)),
    imports: nodes.flatMap(({ node }) => importOf(node, path)),
  };
}

function parse(path: string, text: string): SyntaxNode {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  return { ...program };
}

interface PlacedNode {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode | undefined;
}

function nodesOf(node: SyntaxNode, parent?: SyntaxNode): readonly PlacedNode[] {
  const children = (visitorKeys[node.type] ?? []).flatMap(key => node[key]).filter(isNode);
  return [{ node, parent }, ...children.flatMap(child => nodesOf(child, node))];
}

const isNode = (value: unknown): value is SyntaxNode => typeof Object(value).type === 'string';
const identifierOf = (node: unknown): string => Object(node).name ?? Object(node).value ?? 'anonymous';

function functionsOf(nodes: readonly PlacedNode[], text: string, path: string): readonly MeasuredFunction[] {
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const spans = nodes
    .filter(({ node }) => /Function/.test(node.type) && Object(node.body).type === 'BlockStatement')
    .map(({ node, parent }) => ({
      name: identifierOf(node.id ?? parent?.id ?? parent?.key),
      first: lineOf(node.start),
      last: lineOf(node.end),
    }));
  return spans.map(({ name, first, last }, index) => {
    // Syntax trees are walked from the outside in: what lies inside a function comes after it.
    const inside = spans.slice(index + 1).filter(other => other.first >= first && other.last <= last);
    const isOwn = (line: number) => !inside.some(other => other.first <= line && line <= other.last);
    const lines = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    return { name, place: `${path}:${first}`, lines: lines.length, ownLines: lines.filter(isOwn).length };
  });
}

/** `import`, `export … from`, `import()` and `import('…')` as a type, where they name a file of this checkout. */
function importOf(node: SyntaxNode, path: string): readonly LocalImport[] {
  const specifier: unknown = Object(node.source).value;
  if (typeof specifier !== 'string' || !specifier.startsWith('.')) return [];
  const isTypeOnly = [node.importKind, node.exportKind].includes('type') || node.type === 'TSImportType';
  return [{ path: join(dirname(path), specifier), isTypeOnly }];
}

/** The strongly connected components of more than one file. */
function cyclesOf(
  files: readonly MeasuredFile[],
  counts: (link: LocalImport) => boolean,
): readonly (readonly string[])[] {
  const links = new Map(files.map(({ path, imports }) => [path, imports.filter(counts).map(link => link.path)]));
  const reached = new Map(files.map(({ path }) => [path, reachableFrom(path, links)]));
  const components = files.map(({ path }) =>
    [...(reached.get(path) ?? [])].filter(other => other === path || reached.get(other)?.has(path)).toSorted(),
  );
  const distinct = new Map(components.filter(({ length }) => length > 1).map(paths => [paths.join(), paths]));
  return [...distinct.values()].toSorted((a, b) => b.length - a.length);
}

function reachableFrom(start: string, links: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([start]);
  // A set may grow while it is read: what is added is read as well.
  for (const path of reached) for (const next of links.get(path) ?? []) if (links.has(next)) reached.add(next);
  return reached;
}

function repeatedTypeNames(files: readonly MeasuredFile[]): readonly string[] {
  const declared = files.flatMap(({ path, typeNames }) => [...new Set(typeNames)].map(name => ({ name, path })));
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

function report(files: readonly MeasuredFile[]): string {
  const functions = files.flatMap(file => file.functions);
  const longest = functions.toSorted((a, b) => b.ownLines - a.ownLines).slice(0, 10);
  const counted = files.filter(({ path }) => !isPage(path) && !path.startsWith('emulators/'));
  const rows = [
    ['a file', files.map(({ lines }) => lines)],
    ['a function', functions.map(({ lines }) => lines)],
    ['a function, its own', functions.map(({ ownLines }) => ownLines)],
  ] as const;
  return [
    `${'lines of'.padEnd(26)}  count median    p90    max`,
    ...rows.map(rowOf),
    listOf('most own lines', longest.map(functionLine)),
    listOf('type names declared in more than one file', repeatedTypeNames(files)),
    listOf('import cycles, with type imports', cyclesOf(files, () => true).map(cycleLine)),
    listOf('import cycles at run time', cyclesOf(files, link => !link.isTypeOnly).map(cycleLine)),
    `lines without pages, emulators and generated code: ${counted.reduce((sum, { lines }) => sum + lines, 0)}`,
  ].join('\n');
}

const source = join(resolve(process.argv[2] ?? join(import.meta.dirname, '..')), 'src');
const paths = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(path => /\.tsx?$/.test(path) && !isGenerated(path))
  .toSorted();
process.stdout.write(`${report(paths.map(path => measureFile(source, path)))}\n`);
