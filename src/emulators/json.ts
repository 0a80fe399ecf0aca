declare global {
  interface JSON {
    /** In Node since 22, not yet in TypeScript's library. */
    rawJSON(text: string): unknown;
  }
}

/** JSON in which a bigint is written as a number with all its digits, as a 64-bit upstream writes it. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? JSON.rawJSON(member.toString()) : member,
  );
}

/** A number as it stands in the text, for what JavaScript cannot hold: `1e400`. */
export function literalNumber(text: string): unknown {
  return JSON.rawJSON(text);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
