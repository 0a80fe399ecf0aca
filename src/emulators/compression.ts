import { promisify } from 'node:util';
import zlib from 'node:zlib';

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

/** Spaces inside valid JSON: this many megabytes once decoded, compressed `layers` times. */
export interface BombSize {
  readonly encoding: Encoding;
  readonly megabytes: number;
  readonly layers: number;
}

/** Compression bombs; each is built once, because it takes long. */
export type Bombs = (size: BombSize) => Promise<Buffer>;

export function createBombs(): Bombs {
  const bombs = new Map<string, Promise<Buffer>>();
  return size => {
    const name = `${size.encoding} ${size.megabytes} ${size.layers}`;
    const bomb = bombs.get(name) ?? buildBomb(size);
    bombs.set(name, bomb);
    return bomb;
  };
}

async function buildBomb({ encoding, megabytes, layers }: BombSize): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(megabytes * 1_048_576, ' ');
  bytes.write('{"data":');
  bytes.write('null}', bytes.length - 5);
  for (let layer = 0; layer < layers; layer += 1) bytes = await compress(encoding, bytes);
  return bytes;
}
