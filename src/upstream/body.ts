import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib';
import { UnreadableBody } from './json.ts';

/** What we say we understand. zstd is understood as well, for those who send it unasked. */
export const acceptedEncodings = 'gzip, br';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * The decoded bytes of a body. Throws UnreadableBody for more than `mostBytes` (on the wire or decoded: a bomb is cut
 * off where it passes the limit), for an encoding inside another, and for one that is unknown or broken; whatever the
 * connection threw, if that failed.
 */
export async function readBody(body: Readable, encoding: string | undefined, mostBytes: number): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() || 'identity';
  if (name === 'identity') return collect(body, mostBytes);
  const createDecoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (createDecoder === undefined) {
    body.destroy();
    throw new UnreadableBody('an encoding that we did not ask for');
  }
  return decode(body, createDecoder(), mostBytes);
}

async function decode(body: Readable, decoder: Transform, mostBytes: number): Promise<Uint8Array> {
  let cut: unknown;
  async function* capped(source: AsyncIterable<Uint8Array>) {
    try {
      yield* limit(source, mostBytes);
    } catch (error) {
      cut = error;
      throw error;
    }
  }
  try {
    return await pipeline(body, capped, decoder, (decoded: AsyncIterable<Uint8Array>) => collect(decoded, mostBytes));
  } catch (error) {
    // Only the decoder's own errors speak of the body; those of the connection are passed on.
    if (error instanceof UnreadableBody || error === cut) throw error;
    throw new UnreadableBody('a broken encoding');
  }
}

async function collect(source: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(limit(source, mostBytes)));
}

async function* limit(source: AsyncIterable<Uint8Array>, mostBytes: number) {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new UnreadableBody('larger than we read');
    yield chunk;
  }
}
