import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { hostName, publicSuffixOf } from './domain-name.ts';

interface InputHint {
  readonly matches: (text: string) => boolean;
  readonly problem: string;
}

/** Means an indicator but is not spelt like one. As an OTHER, which fewer sources know, it would look unknown. */
const inputHints: readonly InputHint[] = [
  {
    matches: text => /^(?:h..ps?|ftps?):/iu.test(text) || /^[^\s/]{1,12}:\/\/[^/]/u.test(text),
    problem: 'A URL begins with its scheme, :// and a host, as in https://evil.example.org/path.',
  },
  {
    matches: text => /[\s,;|]/u.test(text) && text.split(/[\s,;|]+/u).every(part => part === '' || isHost(part)),
    problem: 'One value is expected: send several as several, or send the text to be searched for indicators.',
  },
  {
    matches: text =>
      !/\s/u.test(text) &&
      isHost(/^(?:\[[^\]]*(?=\].)|[^/:?#,;|\\]+(?=[/:?#,;|\\]))/u.exec(text)?.[0].replace('[', '')),
    problem:
      'It begins with a host but goes on: for a URL write its scheme, as in https://evil.example.org/path, else the host alone.',
  },
  {
    matches: text => text.includes('@') && !/\s/u.test(text) && isHost(text.slice(text.lastIndexOf('@') + 1)),
    problem: 'An e-mail address looks like someone@evil.example.org, without anything before or behind it.',
  },
  {
    matches: text => /^[\d.]{7,15}-[\d.]{7,15}$/u.test(text) && text.split('-').every(end => isIPv4(end)),
    problem: 'A range of addresses is no indicator: write its block, as in 192.0.2.0/24, or single addresses.',
  },
  {
    matches: text => /^(?:md5|sha-?(?:1|256|512))[:=]\s?[0-9a-f]+$/iu.test(text),
    problem: 'Write the hash alone, without its name: the number of digits tells which it is.',
  },
  {
    matches: text =>
      !/\s/u.test(text) &&
      isHost(
        text
          .replace(/[[\](){}<>*\\]/gu, '')
          .replace(/\.{2,}/gu, '.')
          .replace(/^\./u, ''),
      ),
    problem: 'A domain name or address is expected as it is, or with whole marks as in evil[.]example[.]org.',
  },
  {
    matches: text => !/\s/u.test(text) && isLookAlike(text),
    problem:
      'Some programs read this as a domain name, but it is not spelt like one: write the name in plain letters and dots.',
  },
];

/** Returns a hint for text that resembles an indicator without being one, undefined for any other text. */
export function inputHint(text: string): { problem: string } | undefined {
  const problem = inputHints.find(({ matches: is }) => is(text))?.problem;
  return problem === undefined ? undefined : { problem };
}

function isHost(text: string | undefined): boolean {
  if (text === undefined || text.length > 254) return false;
  if (isIPv4(text) || isIPv6(text)) return true;
  const name = text.includes('.') ? hostName(text) : undefined;
  return name !== undefined && publicSuffixOf(name) !== undefined;
}

/** `domainToASCII` and browsers turn ⓔvil.com, `evil。com` and %65vil.com into evil.com. */
function isLookAlike(text: string): boolean {
  if (text.length > 1_000) return false;
  const read = domainToASCII(text);
  return read.includes('.') && !isIPv4(read) && isHost(read);
}
