/** Bytes to text: by the byte order mark, else UTF-16 by its zero bytes, else UTF-8, else Windows-1252. */
import { InputError, type Piece } from './model.ts';

/** Encodings are chosen by blocks of this size, whatever the sizes in which a pipe delivers: the same bytes read the same. */
const blockSize = 64 * 1024;

interface Findings {
  /** Hears the encoding, where none was given. */
  onEncoding(name: string): void;
  /** Hears that what is read as Windows-1252 goes on in UTF-8. */
  onMixed(byte: number): void;
}

/** `given`: a name that TextDecoder knows. */
export async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  given: string | undefined,
  { onEncoding, onMixed }: Findings,
): AsyncGenerator<Piece> {
  let decoder = given === undefined ? undefined : new TextDecoder(given);
  let [done, waiting] = [0, new Uint8Array()];
  for await (const { block, isFirst, isLast } of blocksOf(bytes)) {
    const joined = Buffer.concat([waiting, block]);
    const isOpen = decoder === undefined;
    const encoding = isOpen ? ((isFirst ? utf16In(joined) : undefined) ?? eightBitIn(joined, isLast)) : undefined;
    if (encoding !== undefined) decoder = new TextDecoder(encoding);
    const isMixed = !isOpen && given === undefined && decoder?.encoding === 'windows-1252' && isUtf8(joined, isLast);
    if (isMixed) onMixed(done);
    done += block.length;
    const firstOther = joined.findIndex(byte => byte >= 0x80);
    const length = decoder === undefined && firstOther !== -1 ? firstOther : joined.length;
    waiting = joined.subarray(length);
    const ready = joined.subarray(0, length);
    const text = decoder?.decode(ready, { stream: !isLast }) ?? ready.toString('latin1');
    if (isFirst) checkIsText(text);
    if (encoding !== undefined) onEncoding(encoding);
    yield { text, bytes: done };
  }
}

const isUtf8 = (block: Buffer, isLast: boolean) => eightBitIn(block, isLast) === 'utf-8';

/** Blocks of one size, but for the last. */
async function* blocksOf(bytes: AsyncIterable<Uint8Array>) {
  let [pending, size, isFirst] = [[] as Uint8Array[], 0, true];
  for await (const some of bytes) {
    pending.push(some);
    size += some.length;
    while (size > blockSize) {
      const joined = Buffer.concat(pending);
      yield { block: joined.subarray(0, blockSize), isFirst, isLast: false };
      [pending, size, isFirst] = [[joined.subarray(blockSize)], size - blockSize, false];
    }
  }
  yield { block: Buffer.concat(pending), isFirst, isLast: true };
}

function utf16In(block: Buffer): string | undefined {
  if (block[0] === 0xff && block[1] === 0xfe) return 'utf-16le';
  if (block[0] === 0xfe && block[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (const [at, byte] of block.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) * 20 < block.length / 2 || Math.max(even, odd) === 0) return undefined;
  if (odd > even * 10) return 'utf-16le';
  return even > odd * 10 ? 'utf-16be' : undefined;
}

/**
 * undefined: ASCII so far, which is the same in both. A file in which most of what is not ASCII is good UTF-8 is UTF-8 with
 * some damage: as Windows-1252 its names would be other names.
 */
function eightBitIn(block: Buffer, isLast: boolean): 'utf-8' | 'windows-1252' | undefined {
  const at = block.findIndex(byte => byte >= 0x80);
  if (at === -1 || (!isLast && block.length - at < 4)) return undefined;
  const text = new TextDecoder().decode(block.subarray(at), { stream: !isLast });
  const broken = text.match(/\ufffd/gu)?.length ?? 0;
  const good = text.match(/[^\p{ASCII}\ufffd]/gu)?.length ?? 0;
  return broken > good ? 'windows-1252' : 'utf-8';
}

/** The last five are what Windows-1252 does not define. */
const damage = /[\0\ufffd\u0081\u008d\u008f\u0090\u009d]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what no text holds
const control = /[\0-\x08\x0e-\x1a\x1c-\x1f\u0081\u008d\u008f\u0090\u009d]/gu;

/** Whether bytes of it have no meaning in its encoding. */
export const isDamaged = (text: string): boolean => damage.test(text);

/** Text may hold a stray character. One in a hundred is a sign of another kind of file, or of another encoding. */
function checkIsText(text: string): void {
  if ((text.match(control)?.length ?? 0) * 100 <= text.length) return;
  throw new InputError(
    'holds bytes that are no text in UTF-8, UTF-16 or Windows-1252. Save it as text (a PDF, an archive or an office document is none), or name its encoding, as in --encoding shift_jis.',
  );
}
