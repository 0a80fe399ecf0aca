import { nearMiss } from './input-hints.ts';
import { type Reading, readers, suffixOf } from './parse-result.ts';
import { bracketless, bytesOf, plainText, tooLong } from './refang.ts';
import { hostWithin } from './url-and-email.ts';

export { defang } from './defang.ts';
export { specialUseOf } from './special-use.ts';

export const indicatorTypes = [
  'IPV4',
  'IPV6',
  'CIDR',
  'DOMAIN',
  'URL',
  'EMAIL',
  'MD5',
  'SHA1',
  'SHA256',
  'SHA512',
  'OTHER',
] as const;
export type IndicatorType = (typeof indicatorTypes)[number];

declare const canonical: unique symbol;
/** A value in its one canonical spelling: refanged, lower-cased where case means nothing. Made by `parseIndicator` alone. */
type CanonicalValue = string & { readonly [canonical]: true };

/** An identity: equal type and equal value mean the same indicator. */
export interface Indicator {
  readonly type: IndicatorType;
  readonly value: CanonicalValue;
}

/** An indicator, or one sentence for the person who typed it: what is wrong and what would be right. */
export type Parsed =
  | { readonly indicator: Indicator; readonly problem?: undefined }
  | { readonly problem: string; readonly indicator?: undefined };

/**
 * The only way to make an Indicator. With `type`, the text must be usable as that type.
 *
 * What is the same: spellings of one host, address, block or hash; defanged and plain; quoted and bare. What is not:
 * a URL's port, path, query and fragment and an e-mail address's local part stay as typed, since both upstreams compare
 * exact text. Text that merely resembles another type ("evil.example/path", "192.0.2.1/24", a name with a look-alike
 * character) is a problem rather than an OTHER, because an OTHER would be asked of fewer sources and read as unknown;
 * `type: OTHER` takes such text as it stands.
 */
export function parseIndicator(input: string, type?: IndicatorType): Parsed {
  const plain = plainText(input);
  if (plain.problem !== undefined) return plain;
  const invisible = type === 'OTHER' ? undefined : invisibleIn(plain.text);
  if (invisible !== undefined) return { problem: invisible };
  if (type === 'OTHER') return readOther(plain.text);
  return type === undefined ? readAny(plain.text) : readAs(plain.text, type);
}

/** Unambiguous text for maps and cache keys: equal if and only if the indicators are. */
export function indicatorKey(indicator: Indicator): string {
  return `${indicator.type}:${indicator.value}`;
}

const idPrefix = 'Indicator:';

/** The global id of the GraphQL schema: opaque base64url, the same for every spelling of the same indicator. */
export function indicatorId(indicator: Indicator): string {
  return Buffer.from(idPrefix + indicatorKey(indicator)).toString('base64url');
}

/** Back from `indicatorId`; undefined for anything it did not make. */
export function indicatorFromId(id: string): Indicator | undefined {
  if (id.length > 4_096) return undefined;
  const match = /^Indicator:([A-Z0-9]+):(.+)$/su.exec(Buffer.from(id, 'base64url').toString());
  const type = indicatorTypes.find(known => known === match?.[1]);
  if (type === undefined || match?.[2] === undefined) return undefined;
  const { indicator } = parseIndicator(match[2], type);
  return indicator && indicatorId(indicator) === id ? indicator : undefined;
}

/** The host of a URL or e-mail address, as an indicator of its own. Free. */
export function hostOf(indicator: Indicator): Indicator | undefined {
  const host = hostWithin(indicator);
  return host && make(host.type, host.value);
}

function make(type: IndicatorType, value: string): Indicator {
  return { type, value: value as CanonicalValue };
}

/** The order in which text without a type is tried: what can be told by its shape alone comes first. */
const tried = ['MD5', 'SHA1', 'SHA256', 'SHA512', 'URL', 'IPV4', 'IPV6', 'CIDR', 'EMAIL', 'DOMAIN'] as const;

function readAny(text: string): Parsed {
  const bare = bracketless(text);
  for (const type of tried) {
    const reading = readers[type](bare, 'guessed');
    if (reading !== undefined) return parsed(type, withWayOut(reading));
  }
  return parsed('OTHER', withWayOut(nearMiss(bare) ?? { value: text }));
}

function withWayOut(reading: Exclude<Reading, undefined>): Exclude<Reading, undefined> {
  if (reading.problem === undefined) return reading;
  return { problem: `${reading.problem} If the text is meant as it stands, give type OTHER.` };
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

function readAs(text: string, type: Exclude<IndicatorType, 'OTHER'>): Parsed {
  const reading = readers[type](bracketless(text), 'told');
  return reading ? parsed(type, reading) : { problem: `Not usable as ${type}: ${expected[type]}.` };
}

/** `OTHER` is for what is none of the rest: as an OTHER, evil.example.org would be asked of fewer sources than as a DOMAIN. */
function readOther(text: string): Parsed {
  const found = invisibleIn(text) === undefined ? readAny(text).indicator : undefined;
  const mayBeOther = !found || found.type === 'OTHER' || (found.type === 'DOMAIN' && !suffixOf(found.value));
  if (!mayBeOther)
    return { problem: `Not usable as OTHER: this is a value of type ${found.type}; leave the type out.` };
  return parsed('OTHER', { value: text });
}

function parsed(type: IndicatorType, reading: Exclude<Reading, undefined>): Parsed {
  if (reading.problem !== undefined) return { problem: reading.problem };
  return bytesOf(reading.value) > tooLong.bytes
    ? { problem: tooLong.problem }
    : { indicator: make(type, reading.value) };
}

const visibleAscii = /^[ -~]*$/u;
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Stripping such a character would make two texts one, keeping it would ask for something other than what is seen. */
function invisibleIn(text: string): string | undefined {
  const found = visibleAscii.test(text) ? undefined : unseen.exec(text)?.[0].codePointAt(0);
  if (found === undefined) return undefined;
  const code = found.toString(16).toUpperCase().padStart(4, '0');
  return `The text holds an invisible character (U+${code}): take it out, or give type OTHER if it belongs there.`;
}
