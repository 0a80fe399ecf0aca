/** The endpoints of Argus Reputation v2 that we call. All of them read, and no path contains an indicator's value. */
import { z } from 'zod';
import { UpstreamError } from '../../http-client/errors.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../../http-client/upstream.ts';
import { type Credential, callWithFreshSecret } from '../credential.ts';
import type { OnUnreadable } from '../tolerant-read.ts';
import { type CallParts, callTraced, type ReadRequest } from '../traced-call.ts';
import { malformed, undocumented } from './errors.ts';
import type { ReputationTypes } from './mapping.ts';
import { type Page, pageOf } from './page.ts';
import { readRecord, singleResult, type WireRecord, wireType } from './wire.ts';

/** What `POST /reputation/v2/indicator/search` takes ("Searching for indicators" on the official page). */
export interface SearchCriteria {
  readonly indicatorList?: readonly string[];
  readonly type?: readonly string[];
  readonly value?: readonly string[];
  readonly domainSearch?: {
    readonly domain: readonly string[];
    readonly includeParentDomains: boolean;
    readonly includeSubdomains: boolean;
  };
  readonly ipSearch?: { readonly ip: readonly string[] };
  readonly includeProperties?: readonly { readonly descriptor: string }[];
  readonly state?: readonly string[];
  readonly minConfidence?: number;
  readonly maxConfidence?: number;
  readonly startTimestamp?: number;
  readonly endTimestamp?: number;
  readonly timeFieldStrategy?: readonly string[];
  readonly timeMatchStrategy?: 'all' | 'any';
  readonly includeDeleted?: boolean;
  readonly offset: number;
  readonly limit: number;
  readonly sortBy: readonly string[];
  readonly afterValue?: string;
}

/** Which page of a search, in which order. */
export type PageCriteria = Pick<SearchCriteria, 'offset' | 'limit' | 'sortBy'>;

/** `limit` + `offset` may be no greater. Further rows need `afterValue`, or the reverse order. */
export const maxOffset = 10_000;
/** As many rows as we request at once, and fewer where Argus refuses so many. */
export const rowsPerCall = 2500;
const lowerLimits = [1000, 100, 25] as const;

/** The criteria of which each takes many values. */
export type ValuesCriterion = 'value' | 'domainSearch' | 'ipSearch';

type Priority = 'standard' | 'bulk';

export interface ArgusClient {
  /** `prepare` is called when a slot is free; where it returns undefined nothing is sent, and the search resolves to that. */
  search(
    prepare: () => { readonly criteria: SearchCriteria; readonly values: number } | undefined,
    credential: Credential,
    options: CallParts,
    priority?: Priority,
  ): Promise<Page | undefined>;
  /** null: there is no such record. `recordId` must be a UUID. */
  record(
    recordId: string,
    properties: readonly string[],
    credential: Credential,
    options: CallParts,
  ): Promise<WireRecord | null>;
  /** Not subject to queue, circuit breaker and rate limit, which are for lookups. */
  types(credential: Credential): Promise<ReputationTypes>;
}

/** A 404 in Argus's own envelope says that there is no such object. Any other 404 means a wrong address. */
export const classifyArgus = (answer: UpstreamResponse): 'accept' | undefined =>
  answer.status === 404 && ownNotFound.safeParse(answer.body).success ? 'accept' : undefined;
const ownNotFound = z.object({ responseCode: z.literal(404) });

const isAboutLimit = (problem: unknown): boolean =>
  problem instanceof UpstreamError && problem.kind === 'REJECTED' && problem.fields.includes('limit');

export const basePath = '/reputation/v2';
const typesTimeoutMs = 10_000;

/** Called with what of an answer is not as documented. */
export interface AnswerWatch {
  readonly onUnreadable: OnUnreadable;
  /** Argus left something out; why, in its own word for it. */
  readonly onPartial: (reason: string) => void;
}

export function createArgusClient(
  upstream: Upstream,
  configuredPriority: Priority | undefined,
  { onUnreadable, onPartial }: AnswerWatch,
): ArgusClient {
  const send = (
    prepare: () => ReadRequest | undefined,
    credential: Credential,
    options: CallParts,
    priority: Priority = 'standard',
  ) => {
    const headers = { 'argus-priority': configuredPriority ?? priority };
    return callTraced(upstream, 'ARGUS', credential, prepare, options, headers);
  };

  /** The most rows that Argus was not seen to refuse. */
  let maxLimit = rowsPerCall;

  const search: ArgusClient['search'] = async (prepare, credential, options, priority) => {
    let sent: ReturnType<typeof prepare>;
    let limit = 0;
    const prepareRequest = (): ReadRequest | undefined => {
      sent = prepare();
      if (sent === undefined) return undefined;
      limit = Math.min(sent.criteria.limit, maxLimit);
      const { criteria, values } = sent;
      const body = { ...criteria, limit };
      return { method: 'POST', path: `${basePath}/indicator/search`, body, operation: 'search', values };
    };
    try {
      const answer = await send(prepareRequest, credential, options, priority);
      if (answer?.status === 404) throw undocumented(answer.status);
      const page = answer && pageOf(answer.body, limit);
      if (page?.partialReason !== undefined) onPartial(page.partialReason);
      return page;
    } catch (problem) {
      const lower = isAboutLimit(problem) ? lowerLimits.find(known => known < limit) : undefined;
      if (lower === undefined) throw problem;
      maxLimit = Math.min(maxLimit, lower);
      return search(() => sent, credential, options, priority);
    }
  };

  return {
    search,

    async record(recordId, properties, credential, options) {
      const query = properties.map((name): [string, string] => ['includeProperties', name]);
      const path = `${basePath}/indicator/${recordId}`;
      const answer = await send(
        () => ({ method: 'GET', path, query, operation: 'record', values: 1 }),
        credential,
        options,
      );
      if (answer === undefined || answer.status === 404) return null;
      const parsed = singleResult.safeParse(answer.body);
      if (!parsed.success) throw undocumented(parsed.error);
      if (parsed.data.data == null) return null;
      const record = readRecord(parsed.data.data, onUnreadable);
      if (record === undefined) throw undocumented('a record without a value');
      if (record.id?.toLowerCase() !== recordId.toLowerCase()) throw malformed('Argus answered about another record.');
      return record;
    },

    async types(credential) {
      const prepare = (): UpstreamRequest => ({
        method: 'GET',
        path: `${basePath}/type`,
        headers: { accept: 'application/json', ...credential.headers() },
        isRepeatable: true,
        operation: 'types',
      });
      const answer = await callWithFreshSecret(credential, () =>
        upstream.call(prepare, {
          signal: AbortSignal.timeout(typesTimeoutMs),
          deadlineAt: () => Number.POSITIVE_INFINITY,
          caller: 'gateway',
          isSmall: true,
          isUnprotected: true,
          partition: credential.partition,
        }),
      );
      const page = pageOf(answer?.body, 0);
      const isWhole = page.partialReason === undefined && page.rows.length > 0 && page.rows.length >= (page.count ?? 0);
      if (!isWhole) throw undocumented('not all of the types'); // a missing type would look like one that Argus does not know
      const parsed = page.rows.map(row => wireType.safeParse(row));
      return parsed.map(row => {
        if (!row.success) throw undocumented(row.error);
        return { shortName: row.data.shortName, name: row.data.name ?? row.data.shortName };
      });
    },
  };
}
