import type { Readable } from 'node:stream';
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

/**
 * The decoded bytes of a body. Throws UnreadableBody for more than `mostBytes` (on the wire or decoded: a bomb is cut
 * off where it passes the limit), for an encoding inside another, and for one that is unknown or broken; whatever the
 * connection threw, if that failed.
 */
export async function readBody(body: Readable, encoding: string | undefined, mostBytes: number): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() || 'identity';
  const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (decoder === undefined && name !== 'identity') {
    body.destroy();
    throw new UnreadableBody('an encoding that we did not ask for');
  }
  const bytes = await collect(body, mostBytes);
  return decoder === undefined ? bytes : decoder(bytes, { maxOutputLength: mostBytes }).catch(refuse);
}

function refuse(): never {
  throw new UnreadableBody('larger than we read, or broken');
}

function collect(body: Readable, mostBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    body.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > mostBytes) body.destroy(new UnreadableBody('larger than we read'));
    });
    body.on('end', () => resolve(Buffer.concat(chunks, size)));
    body.on('error', reject);
  });
}
