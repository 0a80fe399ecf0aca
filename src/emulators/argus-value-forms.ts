import { isIP } from 'node:net';
import { domainToUnicode } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { EmulatedRecord } from './argus-records.ts';

type ValueForm = ArgusBehaviours['valueForm'];

const unchanged = (text: string): string => text;

const paddedParts = (parts: readonly string[], length: number, dot: string): string =>
  parts.map(part => part.padStart(length, '0')).join(dot);

const paddedIpv6 = (address: string): string =>
  paddedParts(
    ipaddr.IPv6.parse(address).parts.map(part => part.toString(16)),
    4,
    ':',
  );

const ofAddress: Partial<Record<ValueForm, (address: string) => string>> = {
  block: address => `${address}/${isIP(address) === 4 ? 32 : 128}`,
  range: address => `${address}-${address}`,
  mapped: address => (isIP(address) === 4 ? `::ffff:${address}` : address),
  padded: address => (isIP(address) === 4 ? paddedParts(address.split('.'), 3, '.') : paddedIpv6(address)),
};

const ofDomain: Partial<Record<ValueForm, (domain: string) => string>> = {
  finalDot: domain => `${domain}.`,
  unicode: domain => domainToUnicode(domain) || domain,
};

const ofAny: Partial<Record<ValueForm, (text: string) => string>> = {
  upperCase: text => text.toUpperCase(),
  blanks: text => ` ${text} `,
};

/** The value as rows, sorting and `afterValue` have it. */
export function wireValue({ value, type }: Pick<EmulatedRecord, 'value' | 'type'>, form: ValueForm): string {
  const special = isIP(value) > 0 ? ofAddress[form] : type.shortName === 'domain' ? ofDomain[form] : undefined;
  return (special ?? ofAny[form] ?? unchanged)(value);
}
