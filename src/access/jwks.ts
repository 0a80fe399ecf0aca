import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Agent, type Dispatcher, request } from 'undici';
import { z } from 'zod';
import type { Log } from '../observability/log.ts';

export interface JwksOptions {
  readonly url: string;
  readonly log: Log;
  readonly now?: () => number;
  /** The way out, where there is a proxy. */
  readonly dispatcher?: Dispatcher | undefined;
  readonly timing?: Partial<JwksTiming>;
}

/** Milliseconds. */
export interface JwksTiming {
  /** Older keys are fetched anew, behind the back of whoever asks. */
  readonly refreshAfter: number;
  /** Keys that cannot be refreshed are believed this long and no longer. */
  readonly believeFor: number;
  /** Between two fetches, whatever asks for them: a flood of unknown key ids costs one. */
  readonly cooldown: number;
  /** The same after a fetch that failed. */
  readonly failureCooldown: number;
  /** One fetch, body included. */
  readonly timeout: number;
}

export const jwksTiming: JwksTiming = {
  refreshAfter: 10 * 60_000,
  believeFor: 24 * 60 * 60_000,
  cooldown: 30_000,
  failureCooldown: 5_000,
  timeout: 3_000,
};

const maxBytes = 256 * 1024;
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

interface Known {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly at: number;
}

/**
 * Keys from JWKS_URL. jose's own remote set forgets good keys when its source fails, and asks anew for each token while
 * it does; this one keeps the last good keys for a bounded time and never asks more often than the cooldown.
 */
export function createJwks(options: JwksOptions): JWTVerifyGetKey {
  const { url, log, now = Date.now } = options;
  const timing = { ...jwksTiming, ...options.timing };
  const dispatcher = options.dispatcher ?? new Agent({ pipelining: 0 });
  let known: Known | undefined;
  let notBefore = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;

  async function load(): Promise<void> {
    try {
      const set = await fetchKeySet(url, dispatcher, timing.timeout);
      known = { find: createLocalJWKSet(set), at: now() };
      notBefore = now() + timing.cooldown;
    } catch (error) {
      notBefore = now() + timing.failureCooldown;
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'The key set could not be fetched');
    }
  }

  /** Joins a fetch under way; begins one unless the last is too recent. Never rejects. */
  async function refresh(): Promise<void> {
    if (pending === undefined && now() < notBefore) return;
    pending ??= load().finally(() => {
      pending = undefined;
    });
    await pending;
  }

  async function current(): Promise<Known> {
    const age = known === undefined ? Number.POSITIVE_INFINITY : now() - known.at;
    if (age > timing.believeFor) await refresh();
    else if (age > timing.refreshAfter) void refresh();
    if (known === undefined || now() - known.at > timing.believeFor) throw new errors.JWKSNoMatchingKey();
    return known;
  }

  return async (header, token) => {
    const before = await current();
    try {
      return await before.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      if (known === undefined || known === before) throw error;
      return await known.find(header, token);
    }
  };
}

/** undici's `request` follows no redirect: where the keys come from is the operator's word alone. */
async function fetchKeySet(url: string, dispatcher: Dispatcher, timeoutMs: number): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await request(url, {
    dispatcher,
    signal,
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read whatever the status is, so that the socket is free again; the cap holds for error pages too.
  for await (const chunk of response.body) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) throw new KeySetError();
    chunks.push(buffer);
  }
  if (response.statusCode !== 200) throw new KeySetError();
  return keySet.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

class KeySetError extends Error {
  override readonly name = 'KeySetError';
}
