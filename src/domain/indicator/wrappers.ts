/** Text that says what its value is, or writes it in another way than it is looked up. Pure. */
import { carriedBy } from './carried.ts';
import { trimEdges } from './edges.ts';
import { digestTypeOf } from './type-parsers.ts';

const labels = [
  'md5|sha-?1|sha-?256|sha-?512|(?:file ?)?hash(?:es)?|checksum|digest|file',
  'ip(?:v4|v6)?|(?:ip ?)?addr(?:ess)?|(?:src|dst|source|dest|destination|remote|client|server)(?:[ _-]?(?:ip|addr|address|host))?',
  'domain|fqdn|host|hostname|domain ?name|site|website|url|uri|link|href|c2|c&c|cnc',
  'e-?mail|mail|e-?mail ?address|from|to|sender|recipient|ioc|indicator|observable|value|dns|query',
].join('|');

/** `SHA256 hash: `, `ip=`, `"url": `, `domain `, `IP address is `; c2: may begin an IPv6 address. */
const label = new RegExp(
  String.raw`^(?!c2:\S)["']?(${labels})(?: ?(?:hash|name|address|value))?["']?(?:\s{0,3}[:=]\s{0,3}|\s{1,3}(?:is\s)?)(?=\S)`,
  'i',
);

const separator = /[:=\s]/u;

const digits: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };

const markdownLink = /^!?\[[^\]]{0,200}\]\(([^\s()]{4,2000})\)$/u;

/** A digest under the name of another algorithm is a mistake, and not for us to mend. */
export function withoutLabel(text: string): string {
  const link = markdownLink.exec(text)?.[1];
  if (link !== undefined) return link;
  const [head, name = ''] = (separator.test(text) && label.exec(text)) || [];
  if (head === undefined) return text;
  const value = trimEdges(text.slice(head.length));
  const expected = digits[name.toLowerCase().replace('-', '')];
  return expected === undefined || expected === value.length ? value : text;
}

const named = /^([^<>@]{1,200}?)\s?<(?:mailto:)?([^<>@:/\s]{1,64}@[^<>@:/\s]{1,255})>?$/iu;

/** `Bob <bob@evil.example.org>`; where the name holds an indicator, there are two. */
function withoutName(text: string): string {
  const [, name = '', mail] = named.exec(text) ?? [];
  return mail === undefined || carriedBy(name).length > 0 ? text : mail;
}

const spelledOut = /^[\w-]+(?: dot [\w-]+)*(?: at [\w-]+)?(?: dot [\w-]+)+$/iu;
const withSigns = (text: string): string =>
  spelledOut.test(text) ? text.replace(/ dot /giu, '.').replace(/ at /iu, '@') : text;

/** 275a….exe, sample_275a….zip: the digest is what is known of the file. */
const fileOfHash = /^(?:(?:[\w-]{0,40}[_-])?([0-9a-f]{32,128})(?:\.[a-z0-9]{1,8}){1,2}|0x([0-9a-f]{32}))$/iu;
const hashOfFile = (text: string): string => {
  const [, named, number] = fileOfHash.exec(text) ?? [];
  const hash = named ?? number;
  return hash !== undefined && digestTypeOf(hash) !== undefined ? hash : text;
};

/**
 * evil\.example\.org, http:\/\/evil.example.org\/x. Browsers take http://good.example\.evil.example for the host
 * good.example and http://evil.example\@good.example for evil.example: such a backslash is no escape.
 */
function withoutEscapes(text: string): string {
  const isEveryDotEscaped = text.indexOf('.') === text.indexOf('\\.') + 1;
  return text.replace(isEveryDotEscaped ? /\\(?=[.:/()[\]-])/gu : /\\(?=[/()[\]])/gu, '');
}

/** A URL that is escaped whole, as logs have them. */
function withoutPercents(text: string): string {
  if (!/^[a-z]{2,6}%3a%2f%2f/iu.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const steps: readonly ((text: string) => string)[] = [
  text => text.replace(/^(?:[-+*#]|\d{1,3}[.)]|\(\d{1,3}\)|\[[ x]\])\s+/iu, ''),
  withoutLabel,
  text => text.replace(/^view-source:/iu, ''),
  withoutPercents,
  text => text.replace(/^mailto:([^?\s]+)(?:\?.*)?$/iu, '$1'),
  withoutName,
  withSigns,
  text => withoutEscapes(text.replaceAll('[,]', '.')),
  hashOfFile,
];

/** As many layers as a value may reasonably have: a list mark, a label, a name. */
const maxLayers = 4;

/** Returns the value that the text seems to carry. It is for the caller to see whether that is one. */
export function unwrapped(text: string): string {
  let bare = text;
  for (let layer = 0, before = ''; layer < maxLayers && before !== bare; layer++) {
    before = bare;
    for (const step of steps) {
      const inside = step(bare);
      if (inside !== bare) bare = trimEdges(inside);
    }
  }
  return bare;
}
