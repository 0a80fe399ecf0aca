import { ipv4Behind } from './address.ts';
import { publicSuffixOf } from './domain-name.ts';
import { trimEdges } from './edges.ts';
import { inputHint } from './input-hints.ts';
import {
  type CanonicalValue,
  type Indicator,
  type IndicatorType,
  indicatorTypes,
  type ParseMode,
  type ParseResult,
} from './model.ts';
import { placeholderProblem } from './placeholders.ts';
import { bytesOf, codePointName, refangText, stripBrackets, tooLong } from './refang.ts';
import { typeParsers } from './type-parsers.ts';
import { hostWithin, otherSpellings } from './url-and-email.ts';
import { unwrapped, withoutLabel } from './wrappers.ts';

export { defang } from './defang.ts';
export { specialUseOf } from './special-use.ts';
export { otherSpellings } from './url-and-email.ts';

/** An indicator, or a sentence for the person who typed it that says what is wrong and what would be right. */
export type ParsedIndicator =
  | { readonly indicator: Indicator; readonly problem?: undefined }
  | { readonly problem: string; readonly indicator?: undefined };

/**
 * Parses text into an indicator; nothing else makes one. With `type`, the text must be usable as that type.
 *
 * Different spellings of one host, address, block, hash or URL give the same indicator; so do defanged and plain text, and
 * text with and without what people paste along: quotes, symbols, a label, the full stop of a sentence. The rest of a URL
 * and an e-mail address's local part stay as typed because the upstreams compare exact text. Text that only resembles
 * another type ("evil.example/path", "192.0.2.1/24", a name with a look-alike character), that holds indicators beside
 * other things, or that stands for no value, is a problem and not an OTHER: fewer sources know an OTHER, so it would look
 * unknown. `type: OTHER` accepts such text unchanged.
 */
export function parseIndicator(input: string, type?: IndicatorType): ParsedIndicator {
  const refanged = refangText(input);
  if (refanged.problem !== undefined) return refanged;
  const { text } = refanged;
  if (type === 'OTHER') return parseAsOther(text);
  const placeholder = placeholderProblem(text);
  if (placeholder !== undefined) return { problem: placeholder };
  const trimmed = trimEdges(text);
  const invisible = invisibleCharacterProblem(trimmed);
  if (invisible !== undefined) return { problem: invisible };
  return type === undefined ? parseInferred(text, trimmed) : parseAsType(trimmed, type);
}

/** A key for maps and caches: equal if and only if the indicators are the same. */
export function indicatorKey(indicator: Indicator): string {
  return `${indicator.type}:${indicator.value}`;
}

const idPrefix = 'Indicator:';

/** The global id in the GraphQL schema: base64url, the same for every spelling of an indicator. */
export function indicatorId(indicator: Indicator): string {
  return Buffer.from(idPrefix + indicatorKey(indicator)).toString('base64url');
}

/** Reverses `indicatorId`; undefined for text that it cannot have made, in this release or in an older one. */
export function indicatorFromId(id: string): Indicator | undefined {
  if (id.length > 4_096) return undefined;
  const match = /^Indicator:([A-Z0-9]+):(.+)$/su.exec(Buffer.from(id, 'base64url').toString());
  const type = indicatorTypes.find(known => known === match?.[1]);
  if (type === undefined || match?.[2] === undefined) return undefined;
  const { indicator } = parseIndicator(match[2], type);
  if (indicator === undefined) return undefined;
  // An id does not tell whether the type was given or guessed: a guess claims less.
  const plain = toCanonical(indicator.type, indicator.value);
  return [plain, ...formerForms(plain)].some(form => indicatorId(form) === id) ? plain : undefined;
}

/** As what an indicator was known when blocks of one address, mapped addresses and URLs without a path were kept apart. */
function formerForms({ type, value }: Indicator): readonly Indicator[] {
  if (type === 'IPV6') return [toCanonical('CIDR', `${value}/128`)];
  if (type === 'IPV4')
    return [
      toCanonical('CIDR', `${value}/32`),
      toCanonical('IPV6', `::ffff:${value}`),
      toCanonical('CIDR', `::ffff:${value}/128`),
    ];
  return otherSpellings({ type, value }).map(spelling => toCanonical(type, spelling));
}

/** Returns the host of a URL or e-mail address, or the IPv4 address that an IPv6 address stands for, as an indicator. No network. */
export function hostOf(indicator: Indicator): Indicator | undefined {
  const behind = indicator.type === 'IPV6' ? ipv4Behind(indicator.value) : undefined;
  const host = behind === undefined ? hostWithin(indicator) : ({ type: 'IPV4', value: behind } as const);
  return host && toCanonical(host.type, host.value);
}

function toCanonical(type: IndicatorType, value: string): Indicator {
  return { type, value: value as CanonicalValue };
}

type SyntaxType = Exclude<IndicatorType, 'OTHER'>;

/** The order in which types are tried: those with an unmistakable shape come first. */
const inferenceOrder = ['MD5', 'SHA1', 'SHA256', 'SHA512', 'URL', 'IPV4', 'IPV6', 'CIDR', 'EMAIL', 'DOMAIN'] as const;

function parseInferred(text: string, trimmed: string): ParsedIndicator {
  const { indicator, problem } = read(trimmed, inferenceOrder, 'inferred');
  if (indicator) return { indicator };
  const reason = problem ?? inputHint(stripBrackets(trimmed))?.problem ?? inputHint(text)?.problem;
  if (reason !== undefined) return { problem: withHint(reason) };
  const invisible = invisibleCharacterProblem(text);
  return invisible === undefined ? toIndicator('OTHER', { value: text }) : { problem: invisible };
}

/** Neither: the text has the shape of none of the types. */
type ReadValue = ParsedIndicator | { readonly indicator?: undefined; readonly problem?: undefined };

/** The text as it stands goes before what lies in it, but for a label: to=bob@evil.example could be an address of its own. */
const readings = [withoutLabel, (text: string) => text, unwrapped] as const;

function read(trimmed: string, types: readonly SyntaxType[], mode: ParseMode): ReadValue {
  const tried = new Map<string, ReadValue>();
  for (const toText of readings) {
    const text = toText(trimmed);
    if (tried.has(text)) continue;
    const reading = readBare(text, types, mode);
    if (reading.indicator) return reading;
    tried.set(text, reading);
  }
  return tried.values().find(({ problem }) => problem !== undefined) ?? {};
}

function readBare(text: string, types: readonly SyntaxType[], mode: ParseMode): ReadValue {
  const lack = placeholderProblem(text);
  if (lack !== undefined) return { problem: lack };
  const bare = stripBrackets(text);
  for (const type of types) {
    const result = typeParsers[type](bare, mode);
    if (result !== undefined) return toIndicator(type, result);
  }
  return {};
}

const withHint = (problem: string): string => `${problem} If the text is meant as it stands, give type OTHER.`;

const expected: Readonly<Record<SyntaxType, string>> = {
  IPV4: 'an IPv4 address has four decimal numbers from 0 to 255, such as 192.0.2.1',
  IPV6: 'an IPv6 address looks like 2001:db8::1',
  CIDR: 'an address block looks like 192.0.2.0/24 or 2001:db8::/32',
  DOMAIN: 'a domain name looks like evil.example.org',
  URL: 'a URL begins with its scheme, as in https://evil.example.org/path',
  EMAIL: 'an e-mail address looks like someone@evil.example.org',
  MD5: 'an MD5 hash has 32 hexadecimal digits',
  SHA1: 'a SHA-1 hash has 40 hexadecimal digits',
  SHA256: 'a SHA-256 hash has 64 hexadecimal digits',
  SHA512: 'a SHA-512 hash has 128 hexadecimal digits',
};

function parseAsType(trimmed: string, type: SyntaxType): ParsedIndicator {
  const { indicator, problem } = read(trimmed, [type], 'strict');
  return indicator ? { indicator } : { problem: problem ?? `Not usable as ${type}: ${expected[type]}.` };
}

/** Rejects text of another type: fewer sources would be asked about evil.example.org as an OTHER than as a DOMAIN. */
function parseAsOther(text: string): ParsedIndicator {
  const found = invisibleCharacterProblem(text) === undefined ? plainlyIn(text) : undefined;
  if (found && !(found.type === 'DOMAIN' && !publicSuffixOf(found.value)))
    return { problem: `Not usable as OTHER: this is a value of type ${found.type}; leave the type out.` };
  const { indicator, problem } = toIndicator('OTHER', { value: text });
  return indicator === undefined ? { problem } : { indicator: { ...indicator, isTypeGiven: true } };
}

/** The text is a value as it stands, and is read as one when no type is given. */
function plainlyIn(text: string): Indicator | undefined {
  const { indicator } = readBare(text, inferenceOrder, 'inferred');
  return indicator && readBare(trimEdges(text), inferenceOrder, 'inferred').indicator;
}

function toIndicator(type: IndicatorType, result: ParseResult): ParsedIndicator {
  if (result.problem !== undefined) return { problem: result.problem };
  return bytesOf(result.value) > tooLong.bytes
    ? { problem: tooLong.problem }
    : { indicator: toCanonical(result.type ?? type, result.value) };
}

const visibleAscii = /^[ -~]*$/u;
const invisibleCharacter = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/**
 * An invisible character cannot be removed, which would make two different texts equal, nor kept, which would look up
 * something other than what the person sees.
 */
function invisibleCharacterProblem(text: string): string | undefined {
  const found = visibleAscii.test(text) ? undefined : invisibleCharacter.exec(text)?.[0].codePointAt(0);
  if (found === undefined) return undefined;
  return `The text holds an invisible character (${codePointName(found)}): take it out, or give type OTHER if it belongs there.`;
}
