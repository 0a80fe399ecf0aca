/** Whose key Argus is asked with. */
import { UpstreamError } from '../../upstream/errors.ts';
import type { Secret } from '../../variables.ts';
import { type Credential, type Operation, partitionOf, partitionsOf } from '../source.ts';

/** The gateway's own key: `userID/keyID/secret`, slashes and all. */
export function serviceCredential(key: Secret, url: string): Credential {
  const partition = partitionsOf(url);
  return {
    get partition() {
      return partition(key.read());
    },
    headers: () => ({ 'argus-api-key': key.read() }),
    reload: () => key.reload(),
  };
}

/** The caller's or the gateway's own, or why there is none for this operation. */
export function credentialFor(
  operation: Operation,
  url: string,
  keyFrom: 'service' | 'caller',
  service: Credential | undefined,
): Credential | UpstreamError {
  if (!operation.maySee('ARGUS'))
    return new UpstreamError('ARGUS', 'DENIED', "This caller's scopes do not include Argus.", { forbidden: true });
  if (keyFrom === 'service')
    return service ?? new UpstreamError('ARGUS', 'UNCONFIGURED', 'The gateway has no credentials for Argus.');
  const key = operation.keys.argus;
  if (key === undefined)
    return new UpstreamError(
      'ARGUS',
      'DENIED',
      'The caller sent no Argus key: this gateway asks with the one in Argus-API-Key.',
    );
  return { partition: partitionOf(key, url), headers: () => ({ 'argus-api-key': key }), reload: () => false };
}
