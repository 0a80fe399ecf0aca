import { promisify } from 'node:util';
import { brotliDecompress, gunzip, zstdDecompress } from 'node:zlib';
import { UnreadableBody } from './json.ts';

/** What we say we understand. zstd is understood as well, for those who send it unasked. */
export const acceptedEncodings = 'gzip, br';

type Decoder = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

const nameOf = (encoding: string | undefined): string => encoding?.trim().toLowerCase() || 'identity';

/** Not one encoding inside another, and none that is unknown. */
export function isReadable(encoding: string | undefined): boolean {
  const name = nameOf(encoding);
  return name === 'identity' || Object.hasOwn(decoders, name);
}

/**
 * The decoded bytes of a body in a readable encoding. UnreadableBody for more than `mostBytes` (a bomb is cut off where
 * it passes the limit), and for what is broken.
 */
export function decode(
  bytes: Uint8Array,
  encoding: string | undefined,
  mostBytes: number,
): Uint8Array | Promise<Uint8Array> {
  const decoder = decoders[nameOf(encoding)];
  return decoder === undefined ? bytes : decoder(bytes, { maxOutputLength: mostBytes }).catch(refuse);
}

function refuse(): never {
  throw new UnreadableBody('larger than we read, or broken');
}
