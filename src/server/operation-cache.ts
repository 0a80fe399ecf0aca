/**
 * Executes operations that Apollo Server has parsed, validated and executed before, without its pipeline, which takes more
 * time than the execution. Limits, permissions, records and the bytes of the response are the same. Whatever is out of the
 * ordinary (an unknown text, invalid variables, an exceeded limit, a text to be searched) is left to Apollo Server.
 */
import { hash as sha256 } from 'node:crypto';
import { type DocumentNode, type GraphQLFormattedError, type GraphQLSchema, Kind, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { MemoryShares } from '../config/memory.ts';
import type { Context } from '../graphql/context.ts';
import type { OperationCost } from '../graphql/cost.ts';
import { type CostLimits, checkCost, checkVariables, estimateCost } from '../graphql/cost-limits.ts';
import type { formatError } from '../graphql/errors.ts';
import type { PrepareOperation } from '../graphql/executor.ts';
import { type WrittenAnswer, writeAnswer } from '../graphql/operation/execute.ts';
import { liftDocument } from '../graphql/operation/lifted-document.ts';
import { type LiftedText, liftLiterals, relocate, valuesOf } from '../graphql/operation/literals.ts';
import type { PreparedOperation } from '../graphql/operation/prepared.ts';
import { withData } from '../graphql/operation/written-data.ts';
import type { ReadFrom } from '../sources/lookahead.ts';
import { requestedOperation, type SentRequest } from './sent-request.ts';

/** An operation that Apollo Server has executed. */
interface CachedOperation {
  readonly prepared: PreparedOperation;
  /** Of its text; undefined where texts differ in their literals. */
  readonly hash: string | undefined;
  /** The first of these texts. */
  readonly lifted: LiftedText | undefined;
  readonly name: string | null;
  /** What `prepared` held when it was weighed last. */
  weighed?: number;
}

export interface OperationIdentity {
  /** SHA-256 of the operation's text. */
  readonly hash: string;
  readonly name: string | null;
  readonly cost: OperationCost;
}

/** A whole response to a GraphQL request. */
export interface GraphqlResponse {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** What the server does before and after it executes an operation; the plugins of Apollo Server do the same. */
export interface OperationHooks {
  /** Takes the cost from the caller's rate limit. Throws an error with the status 429 if too little is left. */
  charge(cost: OperationCost): void;
  /** Called before an operation is executed: creates its context. */
  begin(operation: OperationIdentity): Context;
  /** Called with the result: ends the context, records the outcome, and returns the extensions that the client wants. */
  end(context: Context, answer: WrittenAnswer, errors: readonly GraphQLFormattedError[]): object | undefined;
}

interface ExecutedOperation {
  readonly source: string;
  readonly document: DocumentNode;
  readonly hash: string;
  /** The client sent its hash too, and may send that alone from now on. */
  readonly isPersisted: boolean;
}

export interface OperationCache {
  /** Undefined: the request is left to Apollo Server. Throws what the hooks throw. */
  execute(
    request: SentRequest,
    hooks: OperationHooks,
  ): GraphqlResponse | undefined | Promise<GraphqlResponse | undefined>;
  /** Adds an operation that Apollo Server has executed. */
  add(operation: ExecutedOperation): void;
  /** Adds the content type in which Apollo Server responds to this Accept header. */
  addContentType(accept: string | undefined, contentType: string): void;
}

/** Measured: a document for each character of its text. */
export const bytesPerCharacter = 130;
/** Measured: an object for each literal that was lifted out of a text. */
const bytesPerLiteral = 100;
/** Measured: a key and its place in a map. */
export const bytesPerEntry = 200;

export interface OperationCacheOptions extends CostLimits {
  /** Bytes of operations, and of texts that are kept beside them. */
  readonly memory: Pick<MemoryShares, 'operations' | 'liftedTexts' | 'textsByHash'>;
  readonly formatError: typeof formatError;
}

export function createOperationCache(
  schema: GraphQLSchema,
  prepare: PrepareOperation,
  options: OperationCacheOptions,
): OperationCache {
  const { memory, formatError } = options;
  const operations = new LRUCache<string, CachedOperation>({
    maxSize: memory.operations,
    sizeCalculation(operation, text) {
      operation.weighed = operation.prepared.bytes();
      return (text.length + 1) * bytesPerCharacter + operation.weighed;
    },
  });
  const liftedTexts = new LRUCache<string, LiftedText>({
    maxSize: memory.liftedTexts,
    sizeCalculation: ({ shape, literals }, text) =>
      text.length + shape.length + literals.length * bytesPerLiteral + bytesPerEntry,
  });
  const textByHash = new LRUCache<string, string>({
    maxSize: memory.textsByHash,
    sizeCalculation: text => text.length + bytesPerEntry,
  });
  const typeByAccept = new LRUCache<string, string>({ max: 100 });

  return {
    execute(request, hooks) {
      const contentType = typeByAccept.get(request.headers.accept ?? '');
      const requested = contentType === undefined ? undefined : requestedOperation(request);
      const text = requested && (requested.text ?? textByHash.get(requested.hash ?? ''));
      const found = text === undefined ? undefined : find(text);
      if (!requested || !found || !contentType) return undefined;
      const { operation, lifted } = found;
      if (requested.operationName !== undefined && requested.operationName !== operation.name) return undefined;
      if (checkVariables(requested.variables, options)) return undefined;
      const values = lifted && valuesOf(lifted);
      if (lifted && !values) return undefined;
      const variables = values ? { ...requested.variables, ...values } : requested.variables;
      const from = operation.prepared.read(variables);
      if (!from) return undefined;
      const cost = estimateCost(operation.prepared, from, options);
      if (cost.unread.length > 0 || checkCost(cost, options)) return undefined;
      hooks.charge(cost);
      return run(found, from, { cost, contentType, hooks });
    },
    add({ source, document, hash, isPersisted }) {
      const definitions = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      const [operation] = definitions;
      if (definitions.length !== 1 || operation?.kind !== Kind.OPERATION_DEFINITION) return;
      // Mutations are left to Apollo Server, which refuses them by GET.
      if (operation.operation !== OperationTypeNode.QUERY) return;
      const name = operation.name?.value ?? null;
      const lifted = liftLiterals(source);
      const liftedDocument = lifted && liftDocument(schema, document, lifted);
      const executed = liftedDocument ?? document;
      const prepared = prepare(executed, name);
      if (prepared === undefined) return;
      if (lifted && liftedDocument) operations.set(lifted.shape, { prepared, hash: undefined, lifted, name });
      else operations.set(source, { prepared, hash, lifted: undefined, name });
      if (isPersisted) textByHash.set(hash, source);
    },
    addContentType: (accept, contentType) => typeByAccept.set(accept ?? '', contentType),
  };

  /** An entry that is set again as it is keeps its size. */
  function weighAgain(key: string, operation: CachedOperation): void {
    operations.delete(key);
    operations.set(key, operation);
  }

  function find(text: string): FoundOperation | undefined {
    const exact = operations.get(text);
    if (exact) return { key: text, operation: exact, lifted: undefined };
    const lifted = liftedTexts.get(text) ?? liftLiterals(text);
    if (lifted) liftedTexts.set(text, lifted);
    const operation = lifted && operations.get(lifted.shape);
    return operation && { key: lifted.shape, operation, lifted };
  }

  function run(
    { key, operation, lifted }: FoundOperation,
    from: ReadFrom,
    { cost, contentType, hooks }: Execution,
  ): GraphqlResponse | Promise<GraphqlResponse> {
    const { prepared, name } = operation;
    const context = hooks.begin({ hash: operation.hash ?? sha256('sha256', lifted?.text ?? ''), name, cost });
    const respond = (answered: WrittenAnswer): GraphqlResponse => ({
      status: statusOf(answered),
      contentType,
      text: responseText(answered, { context, hooks, from: operation.lifted, to: lifted, formatError }),
    });
    const answered = writeAnswer(prepared, from, context);
    if (prepared.bytes() !== operation.weighed) weighAgain(key, operation);
    return answered instanceof Promise ? answered.then(respond) : respond(answered);
  }
}

interface Execution {
  readonly cost: OperationCost;
  readonly contentType: string;
  readonly hooks: OperationHooks;
}

/** An operation, and the text in which it was asked for if that has literals. */
interface FoundOperation {
  readonly key: string;
  readonly operation: CachedOperation;
  readonly lifted: LiftedText | undefined;
}

interface Responding {
  readonly context: Context;
  readonly hooks: OperationHooks;
  /** The text to which the errors' places belong, and the one that was sent. */
  readonly from: LiftedText | undefined;
  readonly to: LiftedText | undefined;
  readonly formatError: OperationCacheOptions['formatError'];
}

/** As Apollo Server has it: the error of an operation that is refused as a whole may name another one than 200. */
function statusOf({ data, errors }: WrittenAnswer): number {
  if (data !== 'null') return 200;
  const http: unknown = errors[0]?.extensions.http;
  const status: unknown = typeof http === 'object' && http !== null ? Reflect.get(http, 'status') : undefined;
  return typeof status === 'number' ? status : 200;
}

function responseText(answered: WrittenAnswer, { context, hooks, from, to, formatError }: Responding): string {
  const errors = answered.errors.map(error => {
    const code = error.extensions.code ?? 'INTERNAL_SERVER_ERROR';
    const locations =
      from && to && error.positions ? { locations: error.positions.map(position => relocate(position, from, to)) } : {};
    return formatError({ ...error.toJSON(), ...locations, extensions: { ...error.extensions, code } }, error);
  });
  const extensions = hooks.end(context, answered, errors);
  return `${withData({ errors, extensions }, answered.data)}\n`;
}
