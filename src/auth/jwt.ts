import { createHash } from 'node:crypto';
import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';

export interface JwtPolicy {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Asymmetric ones only: with a public key set, HS256 would take a public key for a secret. */
  readonly algorithms: readonly string[];
  readonly scopeClaim: string;
}

interface JwtIdentity {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

export type VerifyJwt = (token: string) => Promise<JwtIdentity | undefined>;

/** Longer ones are refused unread. Ordinary access tokens stay far below it. */
const maxTokenLength = 8_192;
const maxSubjectLength = 256;
const clockToleranceSeconds = 5;
/**
 * A token that was found good is not verified again for so long: a signature costs as much as a warm answer (90 to 240 µs).
 * The price: a key taken out of the set is believed so much longer. Never past the token's own end.
 */
const rememberMs = 30_000;
/** RFC 9068's type, and what most issuers send instead; none at all is also usual. A logout or DPoP token is neither. */
const acceptedTypes = new Set(['at+jwt', 'jwt']);

/**
 * Who signed in, or undefined. jose by itself requires neither an expiry, an issuer nor an audience: everything is
 * required here (docs/decisions/tokens.md).
 */
export function createJwtVerifier(policy: JwtPolicy, getKey: JWTVerifyGetKey, now: () => number): VerifyJwt {
  /** By the hash of the token: nobody who reads this process's memory finds tokens in it for longer than a call. */
  const known = new LRUCache<string, Known>({ max: 10_000 });

  async function verify(token: string): Promise<Known | undefined> {
    const at = now();
    const { payload, protectedHeader } = await jwtVerify(token, getKey, {
      issuer: policy.issuer,
      audience: [...policy.audience],
      algorithms: [...policy.algorithms],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(at),
    });
    const identity = isAcceptedType(protectedHeader.typ) ? identityOf(payload, policy.scopeClaim) : undefined;
    const expiresAt = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000;
    return identity && { identity, from: at, until: Math.min(at + rememberMs, expiresAt) };
  }

  return async token => {
    if (token.length > maxTokenLength) return undefined;
    const hash = createHash('sha256').update(token).digest('base64');
    const remembered = known.get(hash);
    const at = now();
    if (remembered && at >= remembered.from && at < remembered.until) return remembered.identity;
    known.delete(hash);
    const verified = await verify(token).catch(() => undefined);
    if (verified) known.set(hash, verified);
    return verified?.identity;
  };
}

interface Known {
  readonly identity: JwtIdentity;
  readonly from: number;
  readonly until: number;
}

function isAcceptedType(type: unknown): boolean {
  if (type === undefined) return true;
  return typeof type === 'string' && acceptedTypes.has(type.toLowerCase().replace(/^application\//, ''));
}

function identityOf(payload: JWTPayload, scopeClaim: string): JwtIdentity | undefined {
  const name = payload.sub;
  if (typeof name !== 'string' || name === '' || name.length > maxSubjectLength) return undefined;
  const claim: unknown = Object.hasOwn(payload, scopeClaim) ? payload[scopeClaim] : undefined;
  return { name, scopes: new Set(scopesOf(claim)) };
}

/** Space-separated (RFC 8693, "scope") or a list (Entra ID's "roles", Okta's "scp"). */
function scopesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(scope => scope !== '');
  return Array.isArray(claim) ? claim.filter(scope => typeof scope === 'string') : [];
}
