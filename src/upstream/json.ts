/** The body is not JSON that we are willing to hold. Its message quotes nothing of the body. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
}

/** Deeper than any answer of ours, far above what makes a parser work (500,000 levels cost half a gigabyte). */
const deepest = 64;
/** 2^53 has sixteen digits. */
const longestSafeDigits = 15;

const quote = 0x22;
const backslash = 0x5c;

/**
 * JSON of an upstream, without its traps: integers beyond 2^53-1 become decimal strings (JSON.parse would round them),
 * a number beyond the doubles (`1e400`) is refused, deep nesting is refused before it costs anything, `__proto__` is
 * dropped. Throws UnreadableBody.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const isPlain = survey(bytes) && !text.includes('__proto__') && !text.includes('\\u005');
  try {
    return isPlain ? JSON.parse(text) : JSON.parse(text, revive);
  } catch (error) {
    if (error instanceof UnreadableBody) throw error;
    throw new UnreadableBody('not JSON');
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableBody('not UTF-8');
  }
}

/**
 * One pass over the bytes: throws when they nest too deeply, and tells whether every number is safe to parse as it is.
 * A reviver costs six times the parsing, so it runs only where a number outside a string asks for it.
 */
function survey(bytes: Uint8Array): boolean {
  let depth = 0;
  let digits = 0;
  let isPlain = true;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) {
      digits += 1;
      if (digits > longestSafeDigits) isPlain = false;
      continue;
    }
    if (digits > 0 && (byte === 0x65 || byte === 0x45)) isPlain = false;
    digits = 0;
    if (byte === quote) at = endOfString(bytes, at + 1);
    else if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (depth > deepest) throw new UnreadableBody('nested too deeply');
  }
  return isPlain;
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

function revive(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (key === '__proto__') return undefined;
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) throw new UnreadableBody('a number beyond all bounds');
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
