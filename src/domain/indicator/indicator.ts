import { publicSuffixOf } from './domain-name.ts';
import { inputHint } from './input-hints.ts';
import { type CanonicalValue, type Indicator, type IndicatorType, indicatorTypes, type ParseResult } from './model.ts';
import { bytesOf, codePointName, refangText, stripBrackets, tooLong } from './refang.ts';
import { typeParsers } from './type-parsers.ts';
import { hostWithin } from './url-and-email.ts';

export { defang } from './defang.ts';
export { specialUseOf } from './special-use.ts';

/** An indicator, or a sentence for the person who typed it that says what is wrong and what would be right. */
export type ParsedIndicator =
  | { readonly indicator: Indicator; readonly problem?: undefined }
  | { readonly problem: string; readonly indicator?: undefined };

/**
 * Parses text into an indicator; nothing else makes one. With `type`, the text must be usable as that type.
 *
 * Different spellings of one host, address, block or hash give the same indicator; so do defanged and plain text, quoted
 * and bare text. A URL's port, path, query and fragment and an e-mail address's local part stay as typed because the
 * upstreams compare exact text. Text that only resembles another type ("evil.example/path", "192.0.2.1/24", a name with
 * a look-alike character) is a problem and not an OTHER: fewer sources know an OTHER, so it would look unknown.
 * `type: OTHER` accepts such text unchanged.
 */
export function parseIndicator(input: string, type?: IndicatorType): ParsedIndicator {
  const refanged = refangText(input);
  if (refanged.problem !== undefined) return refanged;
  const invisible = type === 'OTHER' ? undefined : invisibleCharacterProblem(refanged.text);
  if (invisible !== undefined) return { problem: invisible };
  if (type === 'OTHER') return parseAsOther(refanged.text);
  return type === undefined ? parseInferred(refanged.text) : parseAsType(refanged.text, type);
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

/** Reverses `indicatorId`; undefined for text that `indicatorId` cannot have made. */
export function indicatorFromId(id: string): Indicator | undefined {
  if (id.length > 4_096) return undefined;
  const match = /^Indicator:([A-Z0-9]+):(.+)$/su.exec(Buffer.from(id, 'base64url').toString());
  const type = indicatorTypes.find(known => known === match?.[1]);
  if (type === undefined || match?.[2] === undefined) return undefined;
  const { indicator } = parseIndicator(match[2], type);
  // An id does not tell whether the type was given or guessed: a guess claims less.
  return indicator && indicatorId(indicator) === id ? toCanonical(type, indicator.value) : undefined;
}

/** Returns the host of a URL or e-mail address as an indicator. No network. */
export function hostOf(indicator: Indicator): Indicator | undefined {
  const host = hostWithin(indicator);
  return host && toCanonical(host.type, host.value);
}

function toCanonical(type: IndicatorType, value: string): Indicator {
  return { type, value: value as CanonicalValue };
}

/** The order in which types are tried: those with an unmistakable shape come first. */
const inferenceOrder = ['MD5', 'SHA1', 'SHA256', 'SHA512', 'URL', 'IPV4', 'IPV6', 'CIDR', 'EMAIL', 'DOMAIN'] as const;

function parseInferred(text: string): ParsedIndicator {
  const bare = stripBrackets(text);
  for (const type of inferenceOrder) {
    const result = typeParsers[type](bare, 'inferred');
    if (result !== undefined) return toIndicator(type, withHint(result));
  }
  return toIndicator('OTHER', withHint(inputHint(bare) ?? { value: text }));
}

function withHint(result: ParseResult): ParseResult {
  if (result.problem === undefined) return result;
  return { problem: `${result.problem} If the text is meant as it stands, give type OTHER.` };
}

const expected: Readonly<Record<Exclude<IndicatorType, 'OTHER'>, string>> = {
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

function parseAsType(text: string, type: Exclude<IndicatorType, 'OTHER'>): ParsedIndicator {
  const result = typeParsers[type](stripBrackets(text), 'strict');
  return result ? toIndicator(type, result) : { problem: `Not usable as ${type}: ${expected[type]}.` };
}

/** Rejects text of another type: fewer sources would be asked about evil.example.org as an OTHER than as a DOMAIN. */
function parseAsOther(text: string): ParsedIndicator {
  const found = invisibleCharacterProblem(text) === undefined ? parseInferred(text).indicator : undefined;
  const mayBeOther = !found || found.type === 'OTHER' || (found.type === 'DOMAIN' && !publicSuffixOf(found.value));
  if (!mayBeOther)
    return { problem: `Not usable as OTHER: this is a value of type ${found.type}; leave the type out.` };
  const { indicator, problem } = toIndicator('OTHER', { value: text });
  return indicator === undefined ? { problem } : { indicator: { ...indicator, isTypeGiven: true } };
}

function toIndicator(type: IndicatorType, result: ParseResult): ParsedIndicator {
  if (result.problem !== undefined) return { problem: result.problem };
  return bytesOf(result.value) > tooLong.bytes
    ? { problem: tooLong.problem }
    : { indicator: toCanonical(type, result.value) };
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
