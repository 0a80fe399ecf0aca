import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { EmulatedAnswer, Protocol } from './protocol.ts';

type Encoding = 'gzip' | 'br' | 'zstd' | 'deflate';

const compressors: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  gzip: promisify<Buffer, Buffer>(zlib.gzip),
  deflate: promisify<Buffer, Buffer>(zlib.deflate),
  zstd: promisify<Buffer, Buffer>(zlib.zstdCompress),
  // The default quality of 11 is too slow here.
  br: bytes => promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)(bytes, quickly),
};
const quickly: zlib.BrotliOptions = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };

export function compress(encoding: Encoding, bytes: Buffer): Promise<Buffer> {
  return compressors[encoding](bytes);
}

const bombs = new Map<string, Promise<Buffer>>();

/** An answer that is small as it is sent, and large when it is decompressed. */
export async function bomb(
  encoding: Encoding,
  megabytes: number,
  layers: number,
  protocol: Protocol,
): Promise<EmulatedAnswer> {
  const name = `${encoding} ${megabytes} ${layers}`;
  const built = bombs.get(name) ?? buildBomb(encoding, megabytes, layers);
  bombs.set(name, built);
  const headers = {
    'content-type': protocol.contentType,
    'content-encoding': Array.from({ length: layers }, () => encoding).join(', '),
  };
  return { status: 200, headers, bytes: await built };
}

async function buildBomb(encoding: Encoding, megabytes: number, layers: number): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(megabytes * 1_048_576, ' ');
  bytes.write('{"data":');
  bytes.write('null}', bytes.length - 5);
  for (let layer = 0; layer < layers; layer += 1) bytes = await compress(encoding, bytes);
  return bytes;
}
