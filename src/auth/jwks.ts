import {
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { Agent, type Dispatcher, request } from 'undici';
import { z } from 'zod';
import type { Log } from '../observability/log.ts';

export interface JwksOptions {
  readonly url: string;
  readonly log: Log;
  /** The way out, where there is a proxy. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Milliseconds for one fetch, body included. */
  readonly timeoutMs?: number | undefined;
}

/** After this long keys are fetched anew, while the ones at hand still serve. */
const refreshAfterMs = 10 * 60_000;
/** Keys that cannot be refreshed are believed this long and no longer. */
const believeForMs = 24 * 60 * 60_000;
/** An unknown key id causes no fetch this soon after one that went well: a flood of them costs one fetch. */
const cooldownMs = 30_000;
/** Nothing causes a fetch this soon after one that failed. */
const failureCooldownMs = 5_000;

const maxBytes = 256 * 1024;
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/**
 * Keys from JWKS_URL, by jose's remote set. jose keeps the last good keys for `cacheMaxAge`, but would make callers wait
 * for each refresh, and would fetch once for each token while the issuer is down. So `cacheMaxAge` is the time for which
 * old keys are believed, refreshes are begun here without waiting for them, and failures are remembered for a while.
 */
export function createJwks(options: JwksOptions): JWTVerifyGetKey {
  const { url, log, dispatcher = new Agent({ pipelining: 0 }), timeoutMs = 3_000 } = options;
  let refreshAt = Number.POSITIVE_INFINITY;
  let failedUntil = Number.NEGATIVE_INFINITY;

  const fetchKeys: FetchImplementation = async (address, { headers, signal }) => {
    if (Date.now() < failedUntil) throw new KeySetError();
    try {
      const set = await readKeySet(address, { dispatcher, headers, signal });
      refreshAt = Date.now() + refreshAfterMs;
      return Response.json(set);
    } catch (error) {
      failedUntil = Date.now() + failureCooldownMs;
      refreshAt = failedUntil;
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'The key set could not be fetched');
      throw error;
    }
  };

  const keys = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: believeForMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
    [customFetch]: fetchKeys,
  });

  return (header, token) => {
    // A refresh that fails was logged by the fetch, and leaves the keys at hand in force.
    if (Date.now() >= refreshAt) void keys.reload().catch(() => {});
    return keys(header, token);
  };
}

/** undici's `request` follows no redirect: where the keys come from is the operator's word alone. */
async function readKeySet(url: string, how: Parameters<typeof request>[1]): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(url, how);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read whatever the status is, so that the socket is free again; the cap holds for error pages too.
  for await (const chunk of body) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) throw new KeySetError();
    chunks.push(buffer);
  }
  if (statusCode !== 200) throw new KeySetError();
  return keySet.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

class KeySetError extends Error {
  override readonly name = 'KeySetError';
}
