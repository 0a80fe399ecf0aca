import fc from 'fast-check';
import { parseIndicator } from '../../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../../src/domain/indicator/model.ts';

const characters = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

const hex = '0123456789abcdef';
const label = characters('abcdefghijklmnopqrstuvwxyz', 2, 8);
export const hosts = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), fc.constantFrom('com', 'org', 'net'))
  .map(([labels, ending]) => `${labels.join('.')}.example.${ending}`);
const addresses = fc
  .tuple(fc.constantFrom('192.0.2', '198.51.100', '203.0.113'), fc.nat(255))
  .map(([net, last]) => `${net}.${last}`);
const longAddresses = fc
  .tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff }))
  .map(([one, two]) => `2001:db8:${one.toString(16)}::${two.toString(16)}`);
const blocks = fc.oneof(
  fc.constantFrom('192.0.2.0/24', '198.51.100.128/25', '203.0.113.64/26'),
  fc.integer({ min: 1, max: 0xffff }).map(part => `2001:db8:${part.toString(16)}::/48`),
);
const digests = fc.constantFrom(32, 40, 64, 128).chain(length => characters(hex, length, length));
const mailAddresses = fc
  .tuple(label, fc.constantFrom('', '.x', '-1', '_y'), hosts)
  .map(([name, more, host]) => `${name}${more}@${host}`);
const urls = fc
  .tuple(
    fc.constantFrom('http', 'https', 'ftp'),
    fc.oneof(
      hosts,
      addresses,
      longAddresses.map(address => `[${address}]`),
    ),
    fc.constantFrom('', ':8080'),
    fc.array(characters('abcxyz0189-', 1, 6), { maxLength: 3 }).map(parts => parts.map(part => `/${part}`).join('')),
    fc.constantFrom('', '/gate.php', '/', '?id=7', '/?q=a.b&next=c', '/#top', '/a_(b)', '/~user'),
  )
  .map(([scheme, host, port, path, rest]) => `${scheme}://${host}${port}${path}${rest}`);

/** Indicators of every type but OTHER, as somebody may meet them: none ends with what could belong to the sentence. */
export const indicators: fc.Arbitrary<Indicator> = fc
  .oneof(hosts, addresses, longAddresses, blocks, digests, mailAddresses, urls)
  .map(text => parseIndicator(text).indicator)
  .filter(indicator => indicator !== undefined);

/** Digits that are no digest of any kind. */
export const otherDigits = fc
  .integer({ min: 20, max: 140 })
  .filter(length => ![32, 40, 64, 128].includes(length))
  .chain(length => characters(hex, length, length))
  .filter(digits => /[a-f]/u.test(digits));
