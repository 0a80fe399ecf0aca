/** Random operations over the schema, as trees that can be changed a little. */
import {
  buildASTSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isObjectType,
  parse,
} from 'graphql';
import type { Random } from '../../../src/emulators/random.ts';
import { readSchema } from '../../../src/graphql/schema.ts';
import { argumentTexts, variables } from './pool.ts';

/** A field, as often as `copies` says, by aliases. */
interface Picked {
  readonly name: string;
  /** As they are written. */
  readonly given: string;
  readonly copies: number;
  readonly below: Selected | undefined;
}

interface Selected {
  readonly type: string;
  readonly fields: readonly Picked[];
  /** Written as a fragment, so that copies cost no more text than their aliases. */
  readonly isFragment: boolean;
}

const schema = buildASTSchema(parse(readSchema()), { assumeValidSDL: true });
const deepest = 7;

export const randomOperation = (random: Random): Selected => select(rootOf(), random, 0);

function rootOf(): GraphQLObjectType {
  const root = schema.getQueryType();
  if (!root) throw new Error('a schema without a query');
  return root;
}

function select(type: GraphQLObjectType, random: Random, depth: number): Selected {
  const fields = Object.values(type.getFields()).filter(
    field => depth < deepest || !isCompositeType(getNamedType(field.type)),
  );
  const count = 1 + random.below(depth === 0 ? 2 : 5);
  const chosen = random.shuffled(fields).slice(0, count);
  return {
    type: type.name,
    isFragment: random.next() < 0.3,
    fields: chosen.map(field => pick(field, random, depth)),
  };
}

const pick = (field: GraphQLField<unknown, unknown>, random: Random, depth: number): Picked => ({
  name: field.name,
  given: givenFor(field, random),
  copies: random.next() < 0.3 ? 1 + random.below(20) : 1,
  below: belowOf(field, random, depth),
});

/** Of an interface, one of its types. */
function belowOf(field: GraphQLField<unknown, unknown>, random: Random, depth: number): Selected | undefined {
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return undefined;
  const concrete = isObjectType(type) ? type : random.pick(schema.getPossibleTypes(type));
  return select(concrete, random, depth + 1);
}

function givenFor({ args }: GraphQLField<unknown, unknown>, random: Random): string {
  const given = args.flatMap(({ name, type }) => {
    const isNeeded = String(type).endsWith('!');
    const texts = argumentTexts[name];
    if (texts === undefined || (!isNeeded && random.next() < 0.5)) return [];
    return [`${name}: ${random.pick(texts)}`];
  });
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}

/** The same with one random difference. */
export function mutate(selected: Selected, random: Random, depth = 0): Selected {
  const { fields } = selected;
  const at = random.below(fields.length);
  const field = fields[at];
  const type = schema.getType(selected.type);
  if (field === undefined || !isObjectType(type)) return selected;
  const withField = (changed: readonly Picked[]) => ({ ...selected, fields: fields.toSpliced(at, 1, ...changed) });
  if (field.below && random.next() < 0.6)
    return withField([{ ...field, below: mutate(field.below, random, depth + 1) }]);
  const definition = type.getFields()[field.name];
  const changes: readonly (() => Selected)[] = [
    () => withField([{ ...field, copies: Math.min(50, field.copies * 2) }]),
    () => withField([{ ...field, copies: Math.max(1, Math.round(field.copies * 0.7)) }]),
    () => withField([definition ? { ...field, given: givenFor(definition, random) } : field]),
    () => withField([definition ? { ...field, below: belowOf(definition, random, depth) } : field]),
    () => withField(fields.length > 1 ? [] : [field]),
    () => ({ ...selected, fields: [...fields, ...select(type, random, depth).fields] }),
    () => ({ ...selected, isFragment: !selected.isFragment }),
  ];
  return random.pick(changes)();
}

/** The body of a POST. */
export function write(root: Selected): string {
  const fragments: string[] = [];
  let aliases = 0;
  function body({ type, fields, isFragment }: Selected): string {
    const text = `... on ${type} { ${fields.map(line).join(' ')} }`;
    if (!isFragment || type === 'Query') return text;
    fragments.push(`fragment F${fragments.length} ${text.slice(4)}`);
    return `...F${fragments.length - 1}`;
  }
  function line({ name, given, copies, below }: Picked): string {
    const text = `${name}${given}${below ? ` { ${body(below)} }` : ''}`;
    // Each its alias, so that fields of different arguments do not conflict; the only one of a leaf needs none.
    const isPlain = copies === 1 && given === '' && below === undefined;
    if (isPlain) return text;
    return Array.from({ length: copies }, () => `a${aliases++}: ${text}`).join(' ');
  }
  const selection = body(root);
  const text = [selection, ...fragments].join(' ');
  const used = Object.entries(variables).filter(([name]) => new RegExp(`\\$${name}\\b`).test(text));
  const declared = used.map(([name, { type }]) => `$${name}: ${type}`).join(', ');
  return JSON.stringify({
    query: `query Fuzz${declared && `(${declared})`} { ${selection} } ${fragments.join(' ')}`,
    variables: Object.fromEntries(used.map(([name, { value }]) => [name, value])),
  });
}
