declare global {
  interface JSON {
    /** In Node since 22, not yet in TypeScript's library. */
    rawJSON(text: string): unknown;
  }
}

/** Serialises a bigint as a number with all its digits, as upstreams with 64-bit integers do. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? JSON.rawJSON(member.toString()) : member,
  );
}

/** A number literal that JavaScript cannot represent, such as `1e400`. */
export function literalNumber(text: string): unknown {
  return JSON.rawJSON(text);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
