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
  /** The default connects directly. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Timeout of one fetch, including the body. */
  readonly timeoutMs?: number | undefined;
  /** Monotonic. */
  readonly now: () => number;
}

/** Keys older than this are refreshed in the background. */
const refreshAfterMs = 10 * 60_000;
/** Keys that cannot be refreshed expire after this time. */
const maxKeyAgeMs = 24 * 60 * 60_000;
/** An unknown key id causes no fetch this soon after a successful one, so a flood of them costs one fetch. */
const cooldownMs = 30_000;
/** No fetch this soon after a failed one. */
const failureCooldownMs = 5_000;

const maxBytes = 256 * 1024;
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/**
 * The keys of JWKS_URL, by jose's remote key set. By itself jose makes callers wait for each refresh, and fetches once per
 * token while the issuer is down. So refreshes start here, in the background, well before jose's `cacheMaxAge`, and a
 * failed fetch is not repeated for a while.
 */
export function createJwks(options: JwksOptions): JWTVerifyGetKey {
  const { url, log, dispatcher = new Agent({ pipelining: 0 }), timeoutMs = 3_000, now } = options;
  let refreshAt = Number.POSITIVE_INFINITY;
  let failedUntil = Number.NEGATIVE_INFINITY;

  const fetchKeys: FetchImplementation = async (address, { headers, signal }) => {
    if (now() < failedUntil) throw new KeySetError();
    try {
      const set = await readKeySet(address, { dispatcher, headers, signal });
      refreshAt = now() + refreshAfterMs;
      return Response.json(set);
    } catch (error) {
      failedUntil = now() + failureCooldownMs;
      refreshAt = failedUntil;
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'The key set could not be fetched');
      throw error;
    }
  };

  const keys = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: maxKeyAgeMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
    [customFetch]: fetchKeys,
  });

  return (header, token) => {
    // `fetchKeys` logs a failed refresh; the current keys stay in use.
    if (now() >= refreshAt) void keys.reload().catch(() => {});
    return keys(header, token);
  };
}

/** undici's `request` follows no redirects, so the keys come only from the configured address. */
async function readKeySet(url: string, options: Parameters<typeof request>[1]): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(url, options);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read the body whatever the status, which frees the socket. The size cap also holds for error pages.
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
