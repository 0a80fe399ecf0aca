/** The indicators that text holds beside other things: for a sentence that says what to send in its place. Pure. */
import { isIPv4, isIPv6 } from 'node:net';
import { hostName, publicSuffixOf } from './domain-name.ts';
import { undoEscapes } from './extract/escapes.ts';
import { fileExtensions, sharedExtensions } from './extract/file-names.ts';
import { specialUseOfName } from './special-use.ts';
import { digestTypeOf } from './type-parsers.ts';

/** Which text is like an indicator, one alternative for each shape; the names of the groups are those of `isMeant`. */
const shapes = new RegExp(
  [
    String.raw`(?<url>(?<![a-z\d+*])[a-z*][a-z\d+*]{1,20}:\/\/[^\s"'<>|,;]+)`,
    String.raw`(?<hash>(?<![\p{Script=Latin}\d])[\da-f]{32,128}(?![\p{Script=Latin}\d]))`,
    String.raw`(?<mail>(?<![\w.!#$%&'*+=^~-])[\w.!#$%&'*+=^~-]{1,64}@[a-z\d.-]{3,255}(?![\w-]))`,
    String.raw`(?<ipv4>(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\p{Script=Latin}\d-]|\.\w))`,
    String.raw`(?<ipv6>(?<![\w:.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:]))`,
    String.raw`(?<name>(?<![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d_.@%$-])(?:[a-z\d_-]{1,63}\.){1,40}[a-z]{2,63}(?![\w\-(]|\.\w))`,
  ].join('|'),
  'giu',
);

const isMeant: Readonly<Record<string, (text: string) => boolean>> = {
  url: () => true,
  hash: text => digestTypeOf(text) !== undefined,
  mail: text => isPublicName(text.slice(text.indexOf('@') + 1)),
  ipv4: text => isIPv4(text.split('/')[0] ?? ''),
  ipv6: text => isIPv6(text.replace(/(?<!:):$/u, '')) && /\d.*:.*[\da-f]/iu.test(text),
  name: isPublicName,
};

function isPublicName(text: string): boolean {
  const name = hostName(text);
  if (name === undefined) return false;
  const suffix = publicSuffixOf(name) ?? (specialUseOfName(name) && name.slice(name.indexOf('.') + 1));
  if (suffix === undefined || suffix === name) return false;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return !fileExtensions.has(ending) && !sharedExtensions.has(ending) && !/\.[A-Z][a-z]+$/u.test(text);
}

/** User agents, paths, keys of the registry and fingerprints are looked up as they stand, whatever they contain. */
const standsForItself =
  /^[a-z][\w+-]*(?: [\w+-]+){0,6}\/v?\d|^(?:[a-z]:[\\/]|\/[^/]|~\/|\.{1,2}[\\/]|%\w+%\\|HK(?:LM|CU|CR|U|CC|EY_\w+)[\\:])|^(?:ja[34]\w{0,2}|jarm|hassh\w*|imphash|ssdeep|tlsh|sdhash|authentihash|richhash|vhash|pehash)\b/iu;

/** Returns each indicator in the text once, without whatever a sentence puts behind it. */
export function carriedBy(text: string): readonly string[] {
  if (standsForItself.test(text)) return [];
  const { text: plain } = undoEscapes({ text });
  const found = [...plain.matchAll(shapes)].flatMap(({ groups = {} }) =>
    Object.entries(groups).flatMap(([shape, match]) => (match !== undefined && isMeant[shape]?.(match) ? match : [])),
  );
  return [...new Set(found.map(match => match.replace(/[.:!?)\]}]+$/u, '')))];
}
