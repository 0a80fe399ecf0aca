/** How callers are recognised, and what they may do, as the configuration says it. */
import type { Secret } from '../config/secret.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { JwtPolicy } from './jwt.ts';
import type { ScopePolicy } from './scopes.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** Source → the names of those headers, in lower case; only for sources that use callers' own keys. */
export type CallerKeyHeaders = Readonly<Record<SourceName, readonly string[]>>;

export type AuthMethod =
  | { readonly mode: 'none' }
  | { readonly mode: 'api-key'; readonly keys: Secret }
  | ({ readonly mode: 'jwt'; readonly jwksUrl: string } & JwtPolicy);

export interface AuthConfig extends AuthSettings {
  readonly scopes: ScopePolicy;
  readonly keyHeaders: CallerKeyHeaders;
}

/** The part that does not depend on the sources. */
export interface AuthSettings {
  readonly method: AuthMethod;
  /** 0: no limit. */
  readonly indicatorsPerMinute: number;
  /** Undefined: all operations are allowed. */
  readonly trustedDocuments: TrustedDocuments | undefined;
  readonly audit: {
    readonly indicators: 'plain' | 'hmac';
    /** Undefined: a random key, so hashes cannot be compared across restarts. */
    readonly hmacKey: Secret | undefined;
  };
}
