/** Datadog's documented answer as other services write theirs: the forms that `DatadogBehaviours` names. Pure. */
import { randomUUID } from 'node:crypto';
import type { DatadogBehaviours, EchoSpelling, TimeForm } from './datadog-behaviours.ts';

type Attributes = Readonly<Record<string, unknown>>;

const sourceFields = ['malicious_sources', 'suspicious_sources', 'benign_sources'];
const textLists = ['categories', 'tags', 'log_sources', 'services', 'hosts', 'critical_assets'];
const numberFields = ['score', 'log_matches', 'signal_matches', 'signal_tier'];
const timeFields = ['first_seen', 'last_seen', 'triaged_at'];
const textFields = ['as_number', 'as_organization', 'as_type', 'as_cidr_block', 'indicator_type', 'triaged_by'];

/** The answer about one indicator. */
export const read = (attributes: Attributes, asked: string, behaviours: DatadogBehaviours): Attributes => ({
  ...inForm(attributes, behaviours),
  ...spell(asked, behaviours.echo),
});

/** The members of an answer, and of a row of the list. */
export function inForm(attributes: Attributes, behaviours: DatadogBehaviours): Attributes {
  const { sources, lists, scoreScale, numbers, times, unset, decoration, extraFields } = behaviours;
  return {
    ...attributes,
    ...changed(attributes, sourceFields, sent => sourceForms[sources](sent)),
    ...changed(attributes, textLists, sent => listForms[lists](sent)),
    ...(scoreScale === 1 ? changed(attributes, ['score'], sent => Number(sent) / 100) : {}),
    ...(numbers === 'text' ? changed(attributes, numberFields, String) : {}),
    ...changed(attributes, timeFields, sent => timeForms[times](String(sent))),
    ...(unset === 'emptyTexts' ? emptyTexts(attributes) : {}),
    ...(decoration === 'otherTypes' ? otherTypes : {}),
    ...(extraFields === 'some' ? { has_been_muted: true, muted_by: { reason: 'not ours' } } : {}),
  };
}

function changed(attributes: Attributes, names: readonly string[], change: (sent: unknown) => unknown): Attributes {
  const set = names.filter(name => attributes[name] !== undefined && attributes[name] !== null);
  return Object.fromEntries(set.map(name => [name, change(attributes[name])]));
}

const itemsOf = (sent: unknown): readonly unknown[] => (Array.isArray(sent) ? sent : []);
const onlyOne = (items: readonly unknown[]): unknown => (items.length === 1 ? items[0] : items);
const namesOf = (sent: unknown): readonly unknown[] => itemsOf(sent).map(source => Object(source).name);

const sourceForms: Readonly<Record<DatadogBehaviours['sources'], (sent: unknown) => unknown>> = {
  objects: sent => sent,
  names: namesOf,
  oneObject: sent => onlyOne(itemsOf(sent)),
  oneName: sent => onlyOne(namesOf(sent)),
};

const listForms: Readonly<Record<DatadogBehaviours['lists'], (sent: unknown) => unknown>> = {
  lists: sent => sent,
  withNull: sent => [null, ...itemsOf(sent), ''],
  oneText: sent => onlyOne(itemsOf(sent)),
};

const secondsOf = (sent: string): number => Math.floor(Date.parse(sent) / 1000);

const timeForms: Readonly<Record<TimeForm, (sent: string) => unknown>> = {
  asStored: sent => sent,
  spaced: sent => sent.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ''),
  date: sent => sent.slice(0, 10),
  noZone: sent => sent.replace('Z', ''),
  compactZone: sent => sent.replace('Z', '+0000'),
  epochSeconds: secondsOf,
  epochMilliseconds: sent => String(secondsOf(sent) * 1000),
  yearOne: () => '0001-01-01T00:00:00Z',
  leapSecond: () => '2016-12-31T23:59:60Z',
  hour24: () => '2026-06-03T24:00:00Z',
  farFuture: () => '+275760-09-13T00:00:00.000Z',
};

const emptyTexts = (attributes: Attributes): Attributes =>
  Object.fromEntries([...textFields, ...timeFields].filter(name => attributes[name] == null).map(name => [name, '']));

const otherTypes: Attributes = {
  as_number: 15_169,
  as_geo: [],
  as_type: {},
  users: [],
  hosts: { a: true },
  categories: { hosting_proxy: true },
  tags: 7.5,
  additional_data: [],
  log_matches: 12.5,
  signal_tier: 'first',
  m_signal: { effect: 'RAISE_SCORE' },
  first_seen: {},
  last_seen: 'never',
};

/** The members that name the indicator; none: as they are. */
function spell(asked: string, echo: EchoSpelling): Attributes {
  if (echo === 'absent') return { id: undefined, indicator: undefined };
  if (echo === 'uuidAlone') return { id: randomUUID(), indicator: undefined };
  if (echo === 'uuidBeside') return { id: randomUUID() };
  return echo === 'asAsked' ? {} : { id: spellings[echo](asked), indicator: spellings[echo](asked) };
}

const scheme = /^[a-z]+:\/\//;

const spellings: Readonly<
  Record<Exclude<EchoSpelling, 'asAsked' | 'absent' | 'uuidAlone' | 'uuidBeside'>, (asked: string) => string>
> = {
  upperCase: asked => asked.toUpperCase(),
  lowerCase: asked => asked.toLowerCase(),
  finalSlash: asked => `${asked}/`,
  noFinalSlash: asked => asked.replace(/\/$/, ''),
  defaultPort: asked => asked.replace(/^(https:\/\/[^/]+)/, '$1:443').replace(/^(http:\/\/[^/]+)/, '$1:80'),
  noFragment: asked => asked.replace(/#.*/, ''),
  noScheme: asked => asked.replace(scheme, ''),
  otherScheme: asked => asked.replace(scheme, found => (found === 'http://' ? 'https://' : 'http://')),
  decoded: asked => decodeURIComponent(asked),
  encoded: asked => asked.replaceAll(/[^a-zA-Z0-9.:/-]/g, encodeURIComponent),
  parent: asked =>
    asked
      .replace(scheme, '')
      .replace(/[/?#].*/, '')
      .replace(/^.*@/, '')
      .split('.')
      .slice(-3)
      .join('.'),
  block: asked => asked.replace(/\.\d+$/, '.0/24'),
  suffix: asked => asked.split('.').slice(-1).join('.'),
  another: () => 'another.example.net',
};
