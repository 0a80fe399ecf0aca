/** Every comparison, condition and early return of a file, inverted one at a time. Pure. */
import { type PlacedNode, parseFile } from './syntax.ts';

/** One change to a file. */
export interface Mutant {
  readonly line: number;
  /** What stands there, and what replaces it. */
  readonly was: string;
  readonly becomes: string;
  readonly text: string;
}

const operators: Readonly<Record<string, string>> = {
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
  '||=': '&&=',
  '&&=': '||=',
};

const names: Readonly<Record<string, string>> = { some: 'every', every: 'some', min: 'max', max: 'min' };

type Node = PlacedNode['node'];
interface Change {
  readonly node: Node;
  readonly becomes: string;
}

export function mutantsOf(text: string): readonly Mutant[] {
  const sliced = (node: unknown): string => text.slice((node as Node).start, (node as Node).end);
  const changes = parseFile('mutated.ts', text).flatMap(({ node }) => changesAt(node, sliced));
  return changes.map(({ node, becomes }) => ({
    line: text.slice(0, node.start).split('\n').length,
    was: sliced(node),
    becomes,
    text: text.slice(0, node.start) + becomes + text.slice(node.end),
  }));
}

function changesAt(node: Node, sliced: (node: unknown) => string): readonly Change[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      return inverted(node, sliced);
    case 'UnaryExpression':
      return node.operator === '!' ? [{ node, becomes: sliced(node.argument) }] : [];
    case 'MemberExpression': {
      const becomes = names[sliced(node.property)];
      return becomes === undefined ? [] : [{ node: node.property as Node, becomes }];
    }
    case 'ConditionalExpression':
      return negated(node.test as Node, sliced);
    case 'IfStatement': {
      const test = node.test as Node;
      const dropped = endsEarly(node.consequent as Node) ? [{ node: test, becomes: 'false' }] : [];
      return [...negated(test, sliced), ...dropped];
    }
    default:
      return [];
  }
}

function inverted(node: Node, sliced: (node: unknown) => string): readonly Change[] {
  const operator = node.operator as string;
  if (operator === 'instanceof' || operator === 'in') return [{ node, becomes: `!(${sliced(node)})` }];
  const other = operators[operator];
  if (other === undefined) return [];
  const [left, right] = [sliced(node.left), sliced(node.right)];
  return [
    {
      node,
      becomes: node.type === 'AssignmentExpression' ? `${left} ${other} ${right}` : `((${left}) ${other} (${right}))`,
    },
  ];
}

/** A condition that is a comparison, or made of several, is inverted in its parts. */
const negated = (test: Node, sliced: (node: unknown) => string): readonly Change[] =>
  /^(Binary|Unary|Logical)Expression$/.test(test.type) ? [] : [{ node: test, becomes: `!(${sliced(test)})` }];

function endsEarly(statement: Node): boolean {
  if (statement.type === 'BlockStatement') return endsEarly((statement.body as Node[]).at(-1) ?? statement);
  return /^(Return|Throw|Continue|Break)Statement$/.test(statement.type);
}
