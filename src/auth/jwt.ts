import { createHash } from 'node:crypto';
import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';

export interface JwtPolicy {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Asymmetric only: HS256 would use a public key as a shared secret. */
  readonly algorithms: readonly string[];
  readonly scopeClaim: string;
}

export interface Identity {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

export type VerifyJwt = (token: string) => Promise<Identity | undefined>;

/** Longer tokens are rejected unread. Ordinary access tokens are far shorter. */
const maxTokenLength = 8_192;
const maxSubjectLength = 256;
const clockToleranceSeconds = 5;
/**
 * How long a verified token is trusted without another check, at most until it expires: verifying a signature takes as
 * long as a whole answer from memory (90 to 240 µs). A key that its issuer withdraws stays valid for this much longer.
 */
const rememberMs = 30_000;
/** RFC 9068's type and what most issuers send; no type at all is usual too. Excludes logout and DPoP tokens. */
const acceptedTypes = new Set(['at+jwt', 'jwt']);

/**
 * Resolves with the token's identity, or undefined for an invalid token. jose requires neither an expiry, an issuer nor an
 * audience by itself, so all are required here (docs/decisions/tokens.md).
 */
export function createJwtVerifier(policy: JwtPolicy, getKey: JWTVerifyGetKey, now: () => number): VerifyJwt {
  /** Keyed by hash, so that tokens do not stay in memory. */
  const verifiedTokens = new LRUCache<string, VerifiedToken>({ max: 10_000 });

  async function verify(token: string): Promise<VerifiedToken | undefined> {
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
    const cached = verifiedTokens.get(hash);
    const at = now();
    if (cached && at >= cached.from && at < cached.until) return cached.identity;
    verifiedTokens.delete(hash);
    const verified = await verify(token).catch(() => undefined);
    if (verified) verifiedTokens.set(hash, verified);
    return verified?.identity;
  };
}

interface VerifiedToken {
  readonly identity: Identity;
  readonly from: number;
  readonly until: number;
}

function isAcceptedType(type: unknown): boolean {
  if (type === undefined) return true;
  return typeof type === 'string' && acceptedTypes.has(type.toLowerCase().replace(/^application\//, ''));
}

function identityOf(payload: JWTPayload, scopeClaim: string): Identity | undefined {
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
