/**
 * Answers operations that Apollo Server has parsed, validated and answered before, in front of its pipeline, which costs
 * more than the answer. Same limits, same access, same record of what happened, the same bytes; whatever is out of the
 * ordinary (an unknown text, variables that do not fit, a limit reached) is left to Apollo Server.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type DocumentNode, type ExecutionResult, type GraphQLFormattedError, Kind, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Validators } from '../cache/fact-kind.ts';
import type { Context } from '../graphql/context.ts';
import type { CostTable, Measure } from '../graphql/cost.ts';
import { formatError } from '../graphql/errors.ts';
import type { Executor } from '../graphql/executor.ts';
import { checkMeasure, checkVariables, type MeasureWith, measurer } from '../graphql/measure.ts';
import { cameFromMemory, createKeptAnswers, type KeptAnswer } from './kept-answers.ts';

type Variables = Readonly<Record<string, unknown>>;

/** An operation that Apollo Server let pass. */
interface Known {
  readonly document: DocumentNode;
  readonly hash: string;
  readonly name: string | null;
  readonly namesAges: boolean;
  /** Its answers tell nothing of the moment. */
  readonly mayKeep: boolean;
  readonly measure: MeasureWith;
}

/** What the rest of the server does around an operation; the same for both ways. */
export interface Surroundings {
  /** Whose answers are the same as this caller's; undefined: none may be kept for it or given to it. */
  readonly sight: string | undefined;
  /** Takes from the caller's rate limit; false: there is not enough left, and nothing was taken. */
  mayAsk(measure: Measure): boolean;
  /** The context, once it is known that the operation will run. */
  enter(operation: OperationIdentity, grounds?: Validators): Context;
  /** Ends the context and says what came of it; gives the extensions that were asked for. */
  conclude(context: Context, result: ExecutionResult, errors: readonly GraphQLFormattedError[]): object | undefined;
}

export interface OperationIdentity {
  readonly hash: string;
  readonly name: string | null;
  readonly measure: Measure;
}

interface Learnt {
  readonly source: string;
  readonly document: DocumentNode;
  readonly hash: string;
  /** The client registered it by its hash. */
  readonly isPersisted: boolean;
}

/** A request as it came; `text` is its body, or its search with the question mark. */
export interface SentText {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** And as it is read. */
export interface SentRequest extends SentText {
  readonly search: string;
  readonly body: unknown;
}

/** A whole answer; its status is 200. */
export interface KnownAnswer {
  readonly contentType: string;
  readonly text: string;
}

export interface KnownOperations {
  /** The same answer to the same bytes, where it is still the same: nothing is read or executed. */
  again(sent: SentText, sight: string | undefined): KeptAnswer | undefined;
  /** Undefined: ask Apollo Server. */
  answer(request: SentRequest, around: Surroundings): KnownAnswer | undefined | Promise<KnownAnswer | undefined>;
  learn(operation: Learnt): void;
  /** In which type Apollo Server answers to an Accept header. */
  learnType(accept: string | undefined, contentType: string): void;
}

/** A parsed document is some two hundred times as large as its text: this much text is a hundred megabytes at the worst. */
const maxTextBytes = 512 * 1024;

export interface KnownOperationsOptions {
  readonly maxValues: number;
  readonly costs: CostTable;
  readonly now: () => number;
}

export function createKnownOperations(executor: Executor, limits: KnownOperationsOptions): KnownOperations {
  const kept = createKeptAnswers(limits.now);
  const byText = new LRUCache<string, Known>({ maxSize: maxTextBytes, sizeCalculation: (_, text) => text.length + 1 });
  const textByHash = new LRUCache<string, string>({ max: 1000 });
  const typeByAccept = new LRUCache<string, string>({ max: 100 });

  return {
    again(sent, sight) {
      const contentType = typeByAccept.get(sent.headers.accept ?? '');
      const key = contentType === undefined ? undefined : keyOf(sent, contentType, sight);
      return key === undefined ? undefined : kept.find(key);
    },
    answer(request, around) {
      const contentType = typeByAccept.get(request.headers.accept ?? '');
      const asked = contentType === undefined ? undefined : readRequest(request);
      const text = asked && (asked.text ?? textByHash.get(asked.hash ?? ''));
      const known = text === undefined ? undefined : byText.get(text);
      if (!asked || !known || !contentType) return undefined;
      if (asked.operationName !== undefined && asked.operationName !== known.name) return undefined;
      if (checkVariables(asked.variables, limits)) return undefined;
      const measure = known.measure(asked.variables);
      if (checkMeasure(measure, limits) || !around.mayAsk(measure)) return undefined;
      const key = known.mayKeep ? keyOf(request, contentType, around.sight) : undefined;
      return run(known, asked.variables, { measure, contentType, around, key });
    },
    learn({ source, document, hash, isPersisted }) {
      const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      const [operation] = operations;
      if (operations.length !== 1 || operation?.kind !== Kind.OPERATION_DEFINITION) return;
      // A write goes through Apollo Server each time, which refuses it by GET; nothing here may answer in its place.
      if (operation.operation !== OperationTypeNode.QUERY) return;
      const name = operation.name?.value ?? null;
      const namesAges = source.includes('maxAgeSeconds');
      const mayKeep = !namesAges && !source.includes('ageSeconds');
      const measure = measurer(document, name, limits);
      byText.set(source, { document, hash, name, namesAges, mayKeep, measure });
      if (isPersisted) textByHash.set(hash, source);
    },
    learnType: (accept, contentType) => typeByAccept.set(accept ?? '', contentType),
  };

  function run(
    { document, hash, name, namesAges }: Known,
    variables: Variables | undefined,
    means: Run,
  ): KnownAnswer | undefined | Promise<KnownAnswer | undefined> {
    const { measure, around, key } = means;
    const grounds: Validators | undefined = key === undefined ? undefined : new Map();
    const context = around.enter({ hash, name, measure }, grounds);
    if (namesAges) context.expectAges();
    const result = executor({ document, operationName: name, variables, context });
    const tell = (executed: ExecutionResult) => told(executed, { hash, name, measure }, { ...means, context, grounds });
    return result instanceof Promise ? result.then(tell) : tell(result);
  }

  function told(
    result: ExecutionResult,
    asked: OperationIdentity,
    { contentType, around, key, context, grounds }: Run & Running,
  ): KnownAnswer | undefined {
    if (result.data === undefined) {
      context.end();
      return undefined; // the variables do not fit: nothing has run, and Apollo Server has the words for it
    }
    const errors = (result.errors ?? []).map(error => {
      const code = error.extensions.code ?? 'INTERNAL_SERVER_ERROR';
      return formatError({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error);
    });
    const extensions = around.conclude(context, result, errors);
    const body = { ...(errors.length > 0 && { errors }), data: result.data, ...(extensions && { extensions }) };
    const text = `${JSON.stringify(body)}\n`;
    const sources = context.trace.summary();
    if (key !== undefined && grounds && errors.length === 0 && context.lastsMs() > 0 && cameFromMemory(sources)) {
      const until = limits.now() + context.lastsMs();
      kept.keep(key, {
        ...asked,
        contentType,
        text,
        named: context.named(),
        sources,
        until,
        grounds: [...grounds.values()],
      });
    }
    return { contentType, text };
  }
}

interface Run {
  readonly measure: Measure;
  readonly contentType: string;
  readonly around: Surroundings;
  /** Under which the answer may be kept. */
  readonly key: string | undefined;
}

interface Running {
  readonly context: Context;
  readonly grounds: Validators | undefined;
}

/** Equal for equal questions of callers who see the same; undefined for what must be looked at each time. */
function keyOf({ method, headers, text }: SentText, contentType: string, sight: string | undefined) {
  if (sight === undefined || (method !== 'POST' && !isOrdinaryGet(headers))) return undefined;
  return `${method} ${contentType} ${sight} ${text}`;
}

/** As Apollo Server's CSRF prevention would let it pass. */
function isOrdinaryGet(headers: IncomingHttpHeaders): boolean {
  const hasPreflight = headers['apollo-require-preflight'] || headers['x-apollo-operation-name'];
  const type = headers['content-type'];
  return Boolean(hasPreflight) && (type === undefined || type === 'application/json');
}

interface Sent {
  readonly text: string | undefined;
  readonly hash: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Variables | undefined;
}

/** A request in its most ordinary form; undefined for any other. */
function readRequest({ method, headers, body, search }: SentRequest): Sent | undefined {
  if (method === 'POST') return isObject(body) ? readParts(body) : undefined;
  if (!isOrdinaryGet(headers)) return undefined;
  const parameters = new URLSearchParams(search);
  const part = (name: string) => parameters.get(name) ?? undefined;
  const [variables, extensions] = [readJson(part('variables')), readJson(part('extensions'))];
  return readParts({ query: part('query'), operationName: part('operationName'), variables, extensions });
}

function readParts({ query, operationName, variables, extensions }: Variables): Sent | undefined {
  const isOrdinary =
    (query === undefined || typeof query === 'string') &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions));
  if (!isOrdinary) return undefined;
  const persisted = extensions?.persistedQuery;
  const asked = { operationName: operationName ?? undefined, variables: variables ?? undefined };
  if (persisted === undefined) return query === undefined ? undefined : { ...asked, text: query, hash: undefined };
  const hash = isObject(persisted) && persisted.version === 1 ? persisted.sha256Hash : undefined;
  return query === undefined && typeof hash === 'string' ? { ...asked, text: undefined, hash } : undefined;
}

const isObject = (value: unknown): value is Variables =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is not JSON is nobody's ordinary request: a number stands for it. */
function readJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return 0;
  }
}
