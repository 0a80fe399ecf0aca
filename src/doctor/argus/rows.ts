/** Rows of Argus, and what among them can be asked for. Pure. */
import { parseIndicator } from '../../domain/indicator/indicator.ts';
import { type IpSpan, parseIpSpan, spanKey } from '../../domain/indicator/ip-span.ts';
import { isNameOf } from '../../sources/argus/search/type-names.ts';
import { at, isObject, type SentRow } from '../answer.ts';
import type { Answer } from '../ask.ts';

export function rowsOf({ body }: Answer): readonly SentRow[] {
  const rows = at(body, 'data');
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

export const textOf = (row: SentRow | undefined): string => (typeof row?.value === 'string' ? row.value : '');

/** As the gateway asks for it. */
export function canonical(text: string): string {
  const span = parseIpSpan(text);
  const plain = span !== undefined && isSingle(span) ? addressOf(span) : text;
  return parseIndicator(plain).indicator?.value ?? plain;
}

function addressOf({ family, first }: IpSpan): string {
  const [parts, bits] = family === 4 ? ([4, 8n] as const) : ([8, 16n] as const);
  const numbers = Array.from({ length: parts }, (_, index) =>
    BigInt.asUintN(Number(bits), first >> (bits * BigInt(parts - 1 - index))),
  );
  return family === 4 ? numbers.join('.') : numbers.map(number => number.toString(16)).join(':');
}

/** The same address, or the same text in another spelling. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [parseIpSpan(one), parseIpSpan(other)];
  if (a !== undefined && b !== undefined) return spanKey(a) === spanKey(b);
  return canonical(one).toLowerCase() === canonical(other).toLowerCase();
}

/** Argus counts more than it sent. */
export const isCut = (answer: Answer): boolean => Number(at(answer.body, 'count')) > rowsOf(answer).length;

export const brings = (answer: Answer, value: string): boolean =>
  rowsOf(answer).some(row => isSame(textOf(row), value));

const typeName = (row: SentRow): string => {
  const name = at(row, 'type', 'shortName') ?? row.type;
  return typeof name === 'string' ? name : '';
};
const isAddressType = (row: SentRow): boolean => typeName(row) === '' || isNameOf('IPV4', typeName(row));
const isSingle = ({ first, last }: IpSpan): boolean => first === last;

/** Values that Argus lists; undefined where none was seen. */
export interface Samples {
  /** What the operator knows to be listed. */
  readonly given: string | undefined;
  readonly known: string | undefined;
  readonly domain: string | undefined;
  /** One that `domain` neither is nor lies below. */
  readonly otherDomain: string | undefined;
  readonly address: string | undefined;
  readonly block: string | undefined;
  /** An address under a type that is not one of addresses. */
  readonly misfiled: string | undefined;
}

/** From what Argus has listed; `given` only where it has listed nothing. */
export function samplesFrom(rows: readonly SentRow[], given: string | undefined): Samples {
  const texts = rows.map(textOf);
  const domains = texts.filter(text => parseIndicator(text).indicator?.type === 'DOMAIN').map(canonical);
  const [domain] = domains;
  const spanned = rows.flatMap(row => {
    const span = parseIpSpan(textOf(row));
    return span === undefined ? [] : [{ row, span, text: canonical(textOf(row)) }];
  });
  return {
    given,
    known: texts[0] === undefined ? given : canonical(texts[0]),
    domain,
    otherDomain: domains.find(other => domain !== undefined && !isRelated(other, domain)),
    address: spanned.find(({ row, span }) => isSingle(span) && isAddressType(row))?.text,
    block: spanned.find(({ span }) => !isSingle(span))?.text,
    misfiled: spanned.find(({ row, span }) => isSingle(span) && !isAddressType(row))?.text,
  };
}

const isRelated = (a: string, b: string): boolean => a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);

/** The first address of a block or range. */
export const insideOf = (block: string): string => block.split(/[/-]/)[0]?.trim() ?? block;

/** Nobody lists it, and its parent is listed. */
export const below = (domain: string): string => `no-such-name.${domain}`;
