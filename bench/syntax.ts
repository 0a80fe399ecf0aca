/** TypeScript as `bench/structure.ts` and the tests of the architecture read it: syntax trees by oxc, and local imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync, visitorKeys } from 'oxc-parser';

export interface SourceFile {
  /** From the folder that was read. */
  readonly path: string;
  readonly text: string;
  /** From the outside in: what lies inside a node comes after it. */
  readonly nodes: readonly PlacedNode[];
  readonly imports: readonly LocalImport[];
}

export interface PlacedNode {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode | undefined;
}

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** `import`, `export … from`, `import()` or `import('…')` as a type of a file of the same checkout. */
export interface LocalImport {
  readonly from: string;
  readonly to: string;
  /** Leaves nothing at run time. */
  readonly isTypeOnly: boolean;
}

/** Every `.ts` and `.tsx` below a folder, but for generated code; sorted by path. */
export function readSources(folder: string): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => /\.tsx?$/.test(path) && !/(^|\/)generated(\/|\.tsx?$)/.test(path))
    .toSorted()
    .map(path => {
      const text = readFileSync(join(folder, path), 'utf8');
      const nodes = parseFile(path, text);
      return { path, text, nodes, imports: nodes.flatMap(({ node }) => importOf(node, path)) };
    });
}

/** Throws where the text is not TypeScript. */
export const parseFile = (path: string, text: string): readonly PlacedNode[] => nodesOf(parse(path, text));

function parse(path: string, text: string): SyntaxNode {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  return { ...program };
}

function nodesOf(node: SyntaxNode, parent?: SyntaxNode): readonly PlacedNode[] {
  const children = (visitorKeys[node.type] ?? []).flatMap(key => node[key]).filter(isNode);
  return [{ node, parent }, ...children.flatMap(child => nodesOf(child, node))];
}

const isNode = (value: unknown): value is SyntaxNode => typeof Object(value).type === 'string';

function importOf(node: SyntaxNode, from: string): readonly LocalImport[] {
  const specifier: unknown = Object(node.source).value;
  if (typeof specifier !== 'string' || !specifier.startsWith('.')) return [];
  const isTypeOnly = [node.importKind, node.exportKind].includes('type') || node.type === 'TSImportType';
  return [{ from, to: join(dirname(from), specifier), isTypeOnly }];
}
