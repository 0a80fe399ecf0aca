/** The file of EGRESS_POLICY is read whole, or the gateway does not start: a rule that is misread protects nothing. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { sources } from '../../src/sources/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'egress-'));
let count = 0;

function fileWith(text: string): string {
  const file = join(folder, `${count++}.json`);
  writeFileSync(file, text);
  return file;
}

const read = (file: string) => readConfig({ ARGUS_API_KEY: '1/2/hunter2', EGRESS_POLICY: file }, sources).egress;

describe('an egress policy', () => {
  it('withholds nothing where there is none', () => {
    expect(readConfig({ ARGUS_API_KEY: '1/2/hunter2' }, sources).egress).toEqual([]);
  });

  it('has rules with conditions of every kind', () => {
    const rule = {
      name: 'ours',
      sources: ['ARGUS'],
      addresses: ['203.0.113.0/24', '2001:db8::1', '192.0.2.1-192.0.2.9'],
      domains: ['Corp.Example', '*.intern.example', 'münchen.example'],
      specialUse: ['private', 'loopback'],
      tlp: ['TLP:RED', 'amber+strict'],
      types: ['EMAIL'],
    };
    const [ours] = read(fileWith(JSON.stringify({ rules: [rule] })));
    expect(ours).toMatchObject({ name: 'ours', sources: ['ARGUS'], tlp: ['RED', 'AMBER+STRICT'], types: ['EMAIL'] });
    expect(ours?.addresses).toHaveLength(3);
    const names = ['corp.example', 'a.intern.example', 'intern.example', 'xn--mnchen-3ya.example'];
    expect(names.map(name => ours?.domains.areIn(name))).toEqual([true, true, true, true]);
  });

  it.each([
    ['{', 'EGRESS_POLICY names a file that is not JSON'],
    ['[]', 'EGRESS_POLICY: the file must be an object with a list of rules'],
    ['{"rules": []}', 'EGRESS_POLICY: rules has no rule: unset EGRESS_POLICY'],
    [
      '{"rules": [{"name": "a"}]}',
      'EGRESS_POLICY: rules[0] must say what it withholds: one or more of addresses, domains, specialUse, tlp, types',
    ],
    [
      '{"rules": [{"domains": ["corp.example"]}]}',
      'EGRESS_POLICY: rules[0].name must be a text of 1 to 80 characters: answers show it',
    ],
    [
      '{"rules": [{"name": "a", "domains": []}]}',
      'EGRESS_POLICY: rules[0].domains is empty: leave it out, or name something',
    ],
    ['{"rules": [{"name": "a", "domains": "corp.example"}]}', 'EGRESS_POLICY: rules[0].domains must be a list'],
    [
      '{"rules": [{"name": "a", "domains": ["corp example"]}]}',
      'EGRESS_POLICY: rules[0].domains[0] must be a domain like corp.example, which stands for all names below it too',
    ],
    [
      '{"rules": [{"name": "a", "addresses": ["10.0.0.0/33"]}]}',
      'EGRESS_POLICY: rules[0].addresses[0] must be an address, a block like 10.0.0.0/8 or a range like 192.0.2.1-192.0.2.9',
    ],
    [
      '{"rules": [{"name": "a", "tlp": ["PURPLE"]}]}',
      'EGRESS_POLICY: rules[0].tlp[0] must be one of CLEAR, GREEN, AMBER, AMBER+STRICT, RED, with or without "TLP:" in front',
    ],
    [
      '{"rules": [{"name": "a", "sources": ["VIRUSTOTAL"], "types": ["URL"]}]}',
      'EGRESS_POLICY: rules[0].sources[0] must be one of DATADOG, ARGUS',
    ],
    [
      '{"rules": [{"name": "a", "domain": ["corp.example"]}]}',
      'EGRESS_POLICY: rules[0] has "domain", which is none of addresses, domains, name, sources, specialUse, tlp, types',
    ],
  ])('that cannot be read is told where it is wrong, and what would be right: %s', (text, problem) => {
    const file = fileWith(text);
    expect(() => read(file)).toThrow(problem);
  });

  it('names a file that is there', () => {
    expect(() => read(join(folder, 'none.json'))).toThrow('EGRESS_POLICY names a file that cannot be read (ENOENT)');
  });
});
