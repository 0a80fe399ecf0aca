/**
 * Whether this address and credential lead to the IoC Explorer. An unknown indicator and an unknown route are both 404
 * with `errors`, so that absences are believed only after the API has answered otherwise: with a match or, failing that,
 * to one request for its list, which is there for every organisation that has the IoC Explorer.
 */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { UpstreamError } from '../../http-client/errors.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../../http-client/upstream.ts';
import { cacheKey } from '../cache-key.ts';
import { type Credential, callWithFreshSecret } from '../credential.ts';
import type { SourceDependencies } from '../dependencies.ts';
import type { AbsenceProof } from '../lookup-kind.ts';
import { listPath, proofOperation } from './client.ts';
import { listAnswer } from './wire.ts';

const version = '1';
const provenFact = z.object({ isProven: z.literal(true) });
/** Two days. */
const provenMs = 172_800_000;
/** Short, so that an address that has been repaired is soon believed. */
const unprovenMs = 15_000;
const maxCredentials = 10_000;

export function openRouteProof(upstream: Upstream, { cache, log, clock }: SourceDependencies): AbsenceProof {
  const inFlight = new Map<string, Promise<void>>();
  /** When the list was last missed, on the monotonic clock. */
  const missedAt = new LRUCache<string, number>({ max: maxCredentials });
  let last = { partition: '', key: '' };
  const keyOf = ({ partition }: Credential): string => {
    if (partition !== last.partition) last = { partition, key: cacheKey(version, 'DATADOG', partition, 'proof') };
    return last.key;
  };

  function remember(key: string): void {
    missedAt.delete(key);
    cache.setMany([
      {
        key,
        entry: { fact: { isProven: true }, fetchedAt: clock.wall(), heardAt: clock.monotonic() },
        ttlMs: provenMs,
      },
    ]);
  }

  async function prove(credential: Credential, key: string): Promise<void> {
    const [known] = await cache.getMany([key], stored => provenFact.safeParse(stored).data);
    if (known !== undefined) return;
    const missed = missedAt.get(key);
    if (missed !== undefined && clock.monotonic() - missed < unprovenMs) throw notFound();
    try {
      await askForList(upstream, credential);
    } catch (problem) {
      if (!(problem instanceof UpstreamError) || !isElsewhere(problem)) throw problem;
      if (missed === undefined)
        log.warn({ source: 'DATADOG' }, 'the IoC Explorer is not at this address: its absences are not believed');
      missedAt.set(key, clock.monotonic());
      throw notFound(problem);
    }
    remember(key);
  }

  return {
    found(credential) {
      const key = keyOf(credential);
      if (cache.peek(key) === undefined) remember(key);
    },
    async believe(credential) {
      const key = keyOf(credential);
      if (cache.peek(key) !== undefined) return;
      const current = inFlight.get(key) ?? prove(credential, key).finally(() => inFlight.delete(key));
      inFlight.set(key, current);
      return current;
    },
  };
}

/** What answered is not the IoC Explorer. Other failures pass, and say nothing about the address. */
const isElsewhere = ({ kind, httpStatus }: UpstreamError): boolean =>
  kind === 'MALFORMED' || kind === 'REJECTED' || httpStatus === 403;

const notFound = (cause?: unknown) =>
  new UpstreamError(
    'DATADOG',
    'MALFORMED',
    'There is no IoC Explorer at this address of Datadog, so that "unknown" proves nothing: check DATADOG_URL, DD_SITE, ' +
      'and whether the organisation has the IoC Explorer.',
    { cause },
  );

/** One attempt beside the lookups. No deadline of an operation ends it: others wait for it, and the next need not ask. */
async function askForList(upstream: Upstream, credential: Credential): Promise<void> {
  const prepare = (): UpstreamRequest => ({
    method: 'GET',
    path: listPath,
    query: [['limit', '1']],
    headers: credential.headers(),
    isRepeatable: true,
    operation: proofOperation,
  });
  const answer = await callWithFreshSecret(credential, () =>
    upstream.call(prepare, {
      signal: new AbortController().signal,
      deadlineAt: () => Number.POSITIVE_INFINITY,
      caller: 'gateway',
      isSmall: true,
      isUnprotected: true,
      partition: credential.partition,
    }),
  );
  if (!isFromTheApi(answer)) throw new UpstreamError('DATADOG', 'MALFORMED', 'Datadog sent no list.');
}

/** A refusal that was accepted has the shape of the API's own. */
const isFromTheApi = (answer: UpstreamResponse | undefined): boolean =>
  answer !== undefined && (answer.status >= 400 || listAnswer.safeParse(answer.body).success);
