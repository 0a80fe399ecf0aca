/** Hashes in the names of files. Pure. */
import { parseIndicator } from '../indicator.ts';
import { digestTypeOf } from '../type-parsers.ts';
import { type Found, foundAt } from './found.ts';
import type { Part } from './part.ts';

/** 0x before 40 digits is an address of Ethereum, before 64 a transaction. */
const hashInName =
  /(?<![0-9a-z])(?:0x(?=[0-9a-f]{32}(?![0-9a-z])))?([0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z])/giu;

/** sample_275a….zip, 275a….exe */
export function* hashesIn({ text, start }: Part): Generator<Found> {
  if (text.length < 32) return;
  for (const match of text.matchAll(hashInName)) {
    const hash = match[1] ?? '';
    const type = digestTypeOf(hash);
    const one =
      type &&
      foundAt(parseIndicator(hash, type).indicator, start + match.index + match[0].length - hash.length, hash.length);
    if (one) yield one;
  }
}
