/** An operation that was parsed and validated, made ready to be answered many times. */
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { LRUCache } from 'lru-cache';
import { type ReadFrom, rootSelection, type Selection } from '../../sources/lookahead.ts';
import { once } from '../../sources/once.ts';
import { summarise } from '../document-summary.ts';
import { expandCounts } from '../expanded-counts.ts';
import { operationLimits } from '../limits.ts';
import type { Fragments } from './fragments.ts';
import { fieldsOf, type WrittenField } from './write.ts';
import { cannotWrite } from './writing.ts';

type VariableValues = Readonly<Record<string, unknown>>;

export interface PreparedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Undefined: the variables are not those of the operation, and graphql-js has the errors. */
  read(variables: VariableValues | undefined): ReadFrom | undefined;
  /** Its own fields. Their arguments may be those of another execution: read them from their nodes. */
  selectionFor(from: ReadFrom): Selection;
  /** The fields of its answer, made when they are wanted the second time; undefined: graphql-js has to answer. */
  fieldsFor(from: ReadFrom): readonly WrittenField[] | undefined;
  /** The same of a larger operation, made each time and not kept. */
  freshFieldsFor(from: ReadFrom): readonly WrittenField[] | undefined;
  /** What is kept of earlier answers, by path: each response name with a dot before it. */
  fragmentsFor(from: ReadFrom): ReadonlyMap<string, Fragments>;
  /** The fields that it selects, with fragments expanded, whether skipped or not. */
  selected(): number;
  /** What it holds beside its document, for all selections that were read: at most so many bytes. */
  bytes(): number;
}

/** Most operations have one: the selection does not depend on variables. */
const maxSelections = 20;
/** Measured: a field that was read, and a field of the answer that was made. */
const bytesPer = { selected: 500, made: 1_800 };
/** With fragments expanded. What a larger operation takes is not the reading of its fields. */
const maxFields = 500;

/** `document` must be valid. Undefined: it has no such operation. */
export function prepareOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  createFragments: () => Fragments,
): PreparedOperation | undefined {
  const operation = getOperationAST(document, operationName);
  if (operation == null) return undefined;
  const fragments = Object.fromEntries(
    document.definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const { variableDefinitions = [] } = operation;
  const selecting = variablesOfSelections(document, operation);
  const known = new LRUCache<string, KnownSelection>({ max: maxSelections });
  let isWanted = false;

  const write = (from: ReadFrom, most: number, kept?: MadeSelection): readonly WrittenField[] | undefined => {
    const type = schema.getQueryType();
    if (operation.operation !== 'query' || type == null) return undefined;
    const made = kept?.made ?? { fields: 0 };
    const countField = (): void => {
      made.fields += 1;
      if (made.fields > most) throw cannotWrite;
    };
    const fragmentsAt =
      kept &&
      ((path: string): Fragments => {
        const created = createFragments();
        kept.fragments.set(path, created);
        return created;
      });
    try {
      const collected = collectFields(schema, fragments, from.variableValues, type, operation.selectionSet);
      return fieldsOf(type, collected, { from, countField, fragmentsAt });
    } catch (problem) {
      if (problem === cannotWrite || problem instanceof GraphQLError) return undefined;
      throw problem;
    }
  };

  const selectionOf = (given: ReadFrom): KnownSelection => {
    const key = keyOf(selecting, given);
    const before = known.get(key);
    if (before !== undefined) return before;
    const from = withOnly(selecting, given);
    const made: MadeSelection = { fragments: new Map(), made: { fields: 0 } };
    const selection = { ...made, selection: rootSelection(from), fields: once(() => write(from, maxFields, made)) };
    known.set(key, selection);
    return selection;
  };

  return {
    schema,
    document,
    operation,
    read(variables = {}) {
      const { coerced } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 });
      return coerced && { schema, fragments, operation, variableValues: coerced };
    },
    selectionFor: from => selectionOf(from).selection,
    fieldsFor(from) {
      // Most texts come once or twice: making the fields would take longer than graphql-js does.
      if (isWanted) return ignoringNulls(() => selectionOf(from).fields());
      isWanted = true;
      return undefined;
    },
    freshFieldsFor: from => ignoringNulls(() => write(from, operationLimits.selections)),
    selected: once(() => selectedBy(document, operationName)),
    fragmentsFor: from => selectionOf(from).fragments,
    bytes() {
      const selected = known.size * this.selected() * bytesPer.selected;
      return [...known.values()].reduce((sum, { made }) => sum + made.fields * bytesPer.made, selected);
    },
  };
}

function selectedBy(document: DocumentNode, operationName: string | null | undefined): number {
  const counts = expandCounts(summarise(document));
  if ('cycle' in counts) return 0; // not of a valid document
  const found = [...counts.byDefinition].find(
    ([{ isOperation, name }]) => isOperation && (operationName == null || name === operationName),
  );
  return found?.[1].selections ?? 0;
}

/** A variable that was left out differs from one that is null. */
const keyOf = (names: readonly string[], { variableValues: all }: ReadFrom): string =>
  JSON.stringify(names.map(name => (name in all ? [all[name]] : [])));

/** Only what decides the selection is kept: other variables may be large, and are not ours to keep. */
function withOnly(names: readonly string[], { variableValues: all, ...from }: ReadFrom): ReadFrom {
  return {
    ...from,
    variableValues: Object.fromEntries(names.filter(name => name in all).map(name => [name, all[name]])),
  };
}

interface MadeSelection {
  readonly fragments: Map<string, Fragments>;
  readonly made: { fields: number };
}

interface KnownSelection extends MadeSelection {
  readonly selection: Selection;
  fields(): readonly WrittenField[] | undefined;
}

/** A variable that is null and must not be is an error of the field that has it as an argument. */
export function ignoringNulls<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof GraphQLError) return undefined;
    throw problem;
  }
}

/** All but those that are arguments of the operation's own fields alone: which indicators are named changes no selection. */
function variablesOfSelections(document: DocumentNode, operation: OperationDefinitionNode): readonly string[] {
  const own = new Set(operation.selectionSet.selections.filter((node): node is FieldNode => node.kind === Kind.FIELD));
  const names = new Set<string>();
  const collect = (node: Parameters<typeof visit>[0]) =>
    visit(node, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void names.add(name.value),
    Field(node) {
      if (!own.has(node)) return undefined;
      for (const part of [...(node.directives ?? []), ...(node.selectionSet ? [node.selectionSet] : [])]) collect(part);
      return false;
    },
  });
  return [...names].sort();
}
