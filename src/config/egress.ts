/** The file of EGRESS_POLICY: what is never sent to which source. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createOwnDomains } from '../domain/egress/own-domains.ts';
import type { EgressPolicy, EgressRule } from '../domain/egress/policy.ts';
import { readTlp, tlpExpected } from '../domain/egress/tlp.ts';
import { parseIndicator } from '../domain/indicator/indicator.ts';
import { parseIpSpan } from '../domain/indicator/ip-span.ts';
import { indicatorTypes } from '../domain/indicator/model.ts';
import { specialUses } from '../domain/indicator/special-use.ts';
import type { SourceName } from '../domain/source-report.ts';
import { type Environment, isSet, type Problems } from './variables.ts';

type EgressResult =
  | { readonly policy: EgressPolicy; readonly problems?: undefined }
  | { readonly policy?: undefined; readonly problems: Problems };

/** Text that is read into something; `expected` says what would be right. */
const readAs = <Output>(read: (text: string) => Output | undefined, expected: string) =>
  z.string({ error: `must be ${expected}` }).transform((text, issues) => {
    const value = read(text);
    if (value === undefined) issues.addIssue({ code: 'custom', message: `must be ${expected}` });
    return value ?? z.NEVER;
  });

const member = (names: readonly string[]) =>
  readAs(text => names.find(name => name === text), `one of ${names.join(', ')}`);

const address = readAs(parseIpSpan, 'an address, a block like 10.0.0.0/8 or a range like 192.0.2.1-192.0.2.9');
const domain = readAs(
  text => parseIndicator(text.replace(/^\*?\./u, ''), 'DOMAIN').indicator?.value,
  'a domain like corp.example, which stands for all names below it too',
);

const many = <Entry extends z.ZodType>(entry: Entry) =>
  z.array(entry, { error: 'must be a list' }).nonempty('is empty: leave it out, or name something').optional();

const conditions = ['addresses', 'domains', 'specialUse', 'tlp', 'types'] as const;
const nameExpected = 'a text of 1 to 80 characters: answers show it';

/** An object without other members than its own. */
const objectOf = <Shape extends z.ZodRawShape>(shape: Shape, expected: string) =>
  z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys'
        ? `has "${issue.keys[0]}", which is none of ${Object.keys(shape).sort().join(', ')}`
        : `must be ${expected}`,
  });

const ruleOf = (sources: readonly SourceName[]) =>
  objectOf(
    {
      name: readAs(text => (/^.{1,80}$/u.test(text.trim()) ? text.trim() : undefined), nameExpected),
      sources: many(member(sources)),
      addresses: many(address),
      domains: many(domain),
      specialUse: many(member(specialUses)),
      tlp: many(readAs(readTlp, tlpExpected)),
      types: many(z.enum(indicatorTypes, { error: `must be one of ${indicatorTypes.join(', ')}` })),
    },
    'an object with a name and what it withholds',
  )
    .refine(rule => conditions.some(condition => rule[condition] !== undefined), {
      error: `must say what it withholds: one or more of ${conditions.join(', ')}`,
    })
    .transform(({ name, sources, addresses = [], domains = [], specialUse = [], tlp = [], types = [] }): EgressRule => {
      return { name, sources, addresses, domains: createOwnDomains(domains), specialUse, tlp, types };
    });

/** No file: everything may be sent. `sources`: the names that rules may use. */
export function readEgress(environment: Environment, sources: readonly SourceName[]): EgressResult {
  if (!isSet(environment, 'EGRESS_POLICY')) return { policy: [] };
  const content = readJson(environment.EGRESS_POLICY?.trim() ?? '');
  if ('problem' in content) return { problems: [`EGRESS_POLICY names a file that ${content.problem}`] };
  const rules = z
    .array(ruleOf(sources), { error: 'must be a list of rules' })
    .nonempty('has no rule: unset EGRESS_POLICY');
  const file = objectOf({ rules }, 'an object with a list of rules');
  const { data, error } = file.safeParse(content.json);
  if (data !== undefined) return { policy: data.rules };
  return { problems: error.issues.map(({ path, message }) => `EGRESS_POLICY: ${placeOf(path)} ${message}`) };
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'the file'
    : path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`)).join('');

function readJson(file: string): { readonly json: unknown } | { readonly problem: string } {
  try {
    return { json: JSON.parse(readFileSync(file, 'utf8')) };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: 'is not JSON' };
    return { problem: `cannot be read (${String(Object(error).code)})` };
  }
}
