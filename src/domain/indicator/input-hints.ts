import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { hostName, suffixOf } from './domain-name.ts';

interface NearMiss {
  readonly is: (text: string) => boolean;
  readonly problem: string;
}

/** Text that means an indicator but is not spelt as one. As an OTHER it would be asked of fewer sources and read as unknown. */
const nearMisses: readonly NearMiss[] = [
  {
    is: text => /^(?:h..ps?|ftps?):/iu.test(text) || /^[^\s/]{1,12}:\/\/[^/]/u.test(text),
    problem: 'A URL begins with its scheme, :// and a host, as in https://evil.example.org/path.',
  },
  {
    is: text => /[\s,;|]/u.test(text) && text.split(/[\s,;|]+/u).every(part => part === '' || isHost(part)),
    problem: 'One value is expected: send several as several, or send the text to be searched for indicators.',
  },
  {
    is: text =>
      !/\s/u.test(text) &&
      isHost(/^(?:\[[^\]]*(?=\].)|[^/:?#,;|\\]+(?=[/:?#,;|\\]))/u.exec(text)?.[0].replace('[', '')),
    problem:
      'It begins with a host but goes on: for a URL write its scheme, as in https://evil.example.org/path, else the host alone.',
  },
  {
    is: text => text.includes('@') && !/\s/u.test(text) && isHost(text.slice(text.lastIndexOf('@') + 1)),
    problem: 'An e-mail address looks like someone@evil.example.org, without anything before or behind it.',
  },
  {
    is: text => /^[\d.]{7,15}-[\d.]{7,15}$/u.test(text) && text.split('-').every(end => isIPv4(end)),
    problem: 'A range of addresses is no indicator: write its block, as in 192.0.2.0/24, or single addresses.',
  },
  {
    is: text => /^(?:md5|sha-?(?:1|256|512))[:=]\s?[0-9a-f]+$/iu.test(text),
    problem: 'Write the hash alone, without its name: the number of digits tells which it is.',
  },
  {
    is: text =>
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
    is: text => !/\s/u.test(text) && isLookAlike(text),
    problem:
      'Some programs read this as a domain name, but it is not spelt like one: write the name in plain letters and dots.',
  },
];

/** What to say about text that resembles an indicator without being one; undefined for text that is a thing of its own. */
export function nearMiss(text: string): { problem: string } | undefined {
  const problem = nearMisses.find(({ is }) => is(text))?.problem;
  return problem === undefined ? undefined : { problem };
}

function isHost(text: string | undefined): boolean {
  if (text === undefined || text.length > 254) return false;
  if (isIPv4(text) || isIPv6(text)) return true;
  const name = text.includes('.') ? hostName(text) : undefined;
  return name !== undefined && suffixOf(name) !== undefined;
}

/** `domainToASCII` makes evil.com of ⓔvil.com, `evil。com` and %65vil.com (measured), and so do browsers. */
function isLookAlike(text: string): boolean {
  if (text.length > 1_000) return false;
  const read = domainToASCII(text);
  return read.includes('.') && !isIPv4(read) && isHost(read);
}
