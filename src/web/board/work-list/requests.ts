/** The requests of the work list: a page, and a mark. */
import { type ApolloClient, CombinedGraphQLErrors, ServerError } from '@apollo/client';
import { LookupError } from '../entry.ts';
import { lookupError, onKey } from '../gateway.ts';
import {
  type ListedRowFragment,
  SetTriageStateDocument,
  type SetTriageStateMutation,
  type SourceStatus,
  type TriageStateFilter,
  WorkListDocument,
  type WorkListQuery,
} from '../generated/graphql.ts';
import { statusWords } from '../marks.tsx';
import type { MarkOutcome } from './marks.ts';
import type { ListPage } from './pages.ts';
import { type Question, toVariables } from './question.ts';

export interface ListedRow extends ListedRowFragment {
  /** Why there is no `indicator`, although the value may well be one. */
  readonly problem: string | undefined;
  /** Who reviewed it is not shown to this caller. */
  readonly hasNoNames: boolean;
}

export function createFetchPage(client: ApolloClient) {
  /** Whether `triagedBy` is asked for: until it was refused, for it is refused for each row. */
  let withNames = true;
  onKey(() => {
    withNames = true;
  });
  return async (question: Question, after: string | null): Promise<ListPage<ListedRow>> => {
    const { data, error } = await client.query({
      query: WorkListDocument,
      variables: { ...toVariables(question), after, withNames },
      fetchPolicy: 'network-only',
      errorPolicy: 'all',
    });
    const connection = data?.threatIndicators;
    if (!connection) throw lookupError(error);
    const errors = CombinedGraphQLErrors.is(error) ? error.errors : [];
    if (errors.some(({ path }) => path?.at(-1) === 'triagedBy')) withNames = false;
    return toPage(connection, errors, !withNames);
  };
}

type Errors = CombinedGraphQLErrors['errors'];

function toPage(
  { edges, totalCount, pageInfo, limits }: NonNullable<WorkListQuery['threatIndicators']>,
  errors: Errors,
  hasNoNames: boolean,
): ListPage<ListedRow> {
  return {
    rows: edges.map(({ cursor, node }, at) => ({
      cursor,
      row: { ...node, hasNoNames, problem: node.indicator ? undefined : problemOf(at, errors) },
    })),
    total: totalCount,
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
    hasMoved: limits.includes('ROWS_MOVED'),
  };
}

/** An error below a row's `indicator` has left it without one. */
const problemOf = (at: number, errors: Errors): string | undefined =>
  errors.find(({ path }) => path?.[2] === at && path[4] === 'indicator')?.message;

/** Sends one mark. The browser finishes sending it though its tab is closed. */
export const createSend =
  (client: ApolloClient) =>
  async (value: string, state: TriageStateFilter): Promise<MarkOutcome> => {
    try {
      const { data, error } = await client.mutate({
        mutation: SetTriageStateDocument,
        variables: { value, state },
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
        context: { fetchOptions: { keepalive: true } },
      });
      if (error) return outcomeOfError(error);
      return outcomeOf(data?.setTriageState[0]);
    } catch (error) {
      return outcomeOfError(error);
    }
  };

/** Sent, and what became of it is not known. */
const unsure: ReadonlySet<SourceStatus> = new Set(['TIMED_OUT', 'UNAVAILABLE', 'MALFORMED']);

function outcomeOf(result: SetTriageStateMutation['setTriageState'][number] | undefined): MarkOutcome {
  if (!result) return { phase: 'UNSURE', detail: undefined };
  const { status, problem, detail } = result;
  if (status === 'MATCHED') return { phase: 'RECORDED', detail: detail ?? undefined };
  if (unsure.has(status)) return { phase: 'UNSURE', detail: detail ?? statusWords[status] };
  return { phase: 'FAILED', detail: problem ?? detail ?? statusWords[status] };
}

/** What the gateway itself refused was not sent to Datadog; where nobody answered it may have been. */
function outcomeOfError(problem: unknown): MarkOutcome {
  const error = problem instanceof LookupError ? problem : lookupError(problem);
  const detail = error.message;
  if (error.reason === 'KEY_REQUIRED') return { phase: 'KEY_REQUIRED', detail };
  if (CombinedGraphQLErrors.is(problem)) {
    const code = problem.errors[0]?.extensions?.code;
    if (code === 'FORBIDDEN') return { phase: 'FORBIDDEN', detail };
    return { phase: code === 'INTERNAL_SERVER_ERROR' ? 'UNSURE' : 'FAILED', detail };
  }
  const isRefused = ServerError.is(problem) && problem.statusCode < 500;
  return { phase: isRefused ? 'FAILED' : 'UNSURE', detail };
}
