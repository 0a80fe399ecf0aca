import { promisify } from 'node:util';
import { brotliDecompress, gunzip, zstdDecompress } from 'node:zlib';
import { UnreadableBody } from './json-survey.ts';

/** What requests accept. zstd is decoded as well, for upstreams that send it anyway. */
export const acceptedEncodings = 'gzip, br';

type Decoder = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

const nameOf = (encoding: string | undefined): string => encoding?.trim().toLowerCase() || 'identity';

/** False for unknown encodings, and for one inside another. */
export function isReadable(encoding: string | undefined): boolean {
  const name = nameOf(encoding);
  return name === 'identity' || Object.hasOwn(decoders, name);
}

/**
 * Decodes a body in a readable encoding. Throws UnreadableBody if it is broken, or larger than `maxBytes`:
 * decompression stops at that limit.
 */
export function decode(
  bytes: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
): Uint8Array | Promise<Uint8Array> {
  const decoder = decoders[nameOf(encoding)];
  return decoder === undefined ? bytes : decoder(bytes, { maxOutputLength: maxBytes }).catch(throwUnreadable);
}

function throwUnreadable(): never {
  throw new UnreadableBody('larger than we read, or broken');
}
