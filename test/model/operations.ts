/** Random operations: who asks which gateway about what, how old it may be, and the text of it. */
import type { Random } from '../../src/emulators/random.ts';
import { type Caller, callers, type Subject, subjects } from './world.ts';

const report = 'report { status servedFrom }';

/** Each field by its alias, and what it needs of a source. */
const fields = {
  score: 'score: threatScore',
  history: 'history: triageHistory { at }',
  ocsf: 'ocsf: threat(ocsf: true) { score }',
  datadog: `datadog { ${report} threat { score } }`,
  memberships: 'memberships { recordId value }',
  comments: 'comments: memberships { recordId value properties(names: ["comment"]) { value } }',
  argus: `argus { ${report} memberships { recordId value } }`,
  latest: `latest: argus(states: [LATEST]) { ${report} memberships { recordId value } }`,
  old: `old: argus(states: [ACTIVE, LATEST, OLD]) { ${report} memberships { recordId value } }`,
  covering: 'covering { recordId value }',
  verdict: 'verdict { level missing }',
} as const;
type Field = keyof typeof fields;
const names = Object.keys(fields) as Field[];

export interface Item {
  readonly subject: Subject;
  /** `maxAgeSeconds`; null: unset. */
  readonly age: number | null;
}

export interface Operation {
  readonly gateway: 0 | 1;
  readonly caller: Caller;
  readonly items: readonly Item[];
  readonly fields: readonly Field[];
}

const ages = [null, null, null, 0, 1, 60, 3600] as const;

export function drawOperation(random: Random): Operation {
  const age = random.pick(ages);
  const ownAges = random.below(5) === 0;
  return {
    gateway: random.below(2) === 0 ? 0 : 1,
    caller: random.pick(callers),
    items: random
      .shuffled(subjects)
      .slice(0, 1 + random.below(random.pick([1, 4, 10])))
      .map(subject => ({ subject, age: ownAges ? random.pick(ages) : age })),
    fields: random.shuffled(names).slice(0, 1 + random.below(4)),
  };
}

const sources = 'sources { source status servedFrom ageSeconds limits }';

export function textOf({ items, fields: selected }: Operation): string {
  const selection = selected.map(name => fields[name]).join(' ');
  return `{ ${items
    .map(({ subject: { value, type }, age }, index) => {
      const maxAge = age === null ? '' : `, maxAgeSeconds: ${age}`;
      return `v${index}: indicator(value: "${value}", type: ${type}${maxAge}) { value ${selection} ${sources} }`;
    })
    .join(' ')} }`;
}

/** The keys of each caller, as the gateway takes them. */
export const keysOf: Readonly<Record<Caller, Readonly<Record<string, string>>>> = {
  alice: { 'dd-api-key': 'demo-api-key', 'dd-application-key': 'demo-app-key', 'argus-api-key': 'alice/key/one' },
  bob: { 'dd-api-key': 'other-api-key', 'dd-application-key': 'other-app-key', 'argus-api-key': 'bob/key/two' },
};

export const hostOf = ({ host }: Subject): Subject | undefined => subjects.find(({ value }) => value === host);

export type Variant = 'plain' | 'ocsf';
export interface DatadogNeed {
  readonly subject: Subject;
  readonly age: number | null;
  readonly variant: Variant;
  readonly history: boolean;
}
export interface ArgusNeed {
  readonly subject: Subject;
  readonly age: number | null;
  readonly old: boolean;
  readonly comments: boolean;
  readonly around: boolean;
  /** Fields that see only some of the records. */
  readonly filters: readonly ('latest' | 'old')[];
}

export const canBeCovered = ({ type }: Subject): boolean => ['DOMAIN', 'IPV4', 'IPV6', 'CIDR'].includes(type);

/** The strictest age that is asked of it; null: any. */
const strictest = (ages: readonly (number | null)[]): number | null =>
  ages.reduce((least, age) => (age === null ? least : Math.min(least ?? age, age)), null);

/** A verdict is also about the host, so that the age asked of a URL holds for its host. */
export const ageOf = ({ items }: Operation, subject: Subject): number | null =>
  strictest(items.filter(item => item.subject === subject || hostOf(item.subject) === subject).map(({ age }) => age));

/** What the operation needs to know of Datadog, each thing once. */
export function datadogNeeds(operation: Operation): readonly DatadogNeed[] {
  const { fields: selected } = operation;
  const items = itemsOf(operation);
  const isPlain = selected.some(name => ['score', 'history', 'datadog', 'verdict'].includes(name));
  const own = items.flatMap(({ subject, age }) => [
    ...(isPlain ? [{ subject, age, variant: 'plain' as const, history: selected.includes('history') }] : []),
    ...(selected.includes('ocsf') ? [{ subject, age, variant: 'ocsf' as const, history: false }] : []),
  ]);
  const ofHosts = hostItems(items, selected).map(item => ({ ...item, variant: 'plain' as const, history: false }));
  return joined(
    [...own, ...ofHosts],
    ({ subject, variant }) => `${variant} ${subject.type} ${subject.value}`,
    (a, b) => ({
      ...a,
      history: a.history || b.history,
    }),
  );
}

/** The same of Argus, where all values of an operation are asked for together: with all that is wanted of any. */
export function argusNeeds(operation: Operation): readonly ArgusNeed[] {
  const { fields: selected } = operation;
  const items = itemsOf(operation);
  const isAsked = selected.some(name => argusFields.has(name));
  const withAround = selected.includes('covering') || selected.includes('verdict');
  const onlyAround = selected.every(name => !argusFields.has(name) || name === 'covering');
  const common = {
    old: selected.includes('old'),
    comments: selected.includes('comments'),
    filters: (['latest', 'old'] as const).filter(name => selected.includes(name)),
  };
  const own = items
    .filter(({ subject }) => isAsked && (!onlyAround || canBeCovered(subject)))
    .map(item => ({ ...item, ...common, around: withAround && canBeCovered(item.subject) }));
  const ofHosts = hostItems(items, selected).map(item => ({ ...item, ...common, filters: [], around: true }));
  return joined(
    [...own, ...ofHosts],
    ({ subject }) => `${subject.type} ${subject.value}`,
    (a, b) => ({
      ...a,
      around: a.around || b.around,
      filters: [...new Set([...a.filters, ...b.filters])],
    }),
  );
}

const argusFields: ReadonlySet<Field> = new Set([
  'memberships',
  'comments',
  'argus',
  'latest',
  'old',
  'covering',
  'verdict',
]);

const itemsOf = (operation: Operation): readonly Item[] =>
  operation.items.map(({ subject }) => ({ subject, age: ageOf(operation, subject) }));

/** A verdict about a URL or e-mail address asks about its host as well. */
const hostItems = (items: readonly Item[], selected: readonly Field[]): readonly Item[] =>
  selected.includes('verdict')
    ? items.flatMap(({ subject, age }) => {
        const host = hostOf(subject);
        const known = items.find(item => item.subject === host);
        return host === undefined ? [] : [known ?? { subject: host, age }];
      })
    : [];

function joined<Need>(needs: readonly Need[], keyOf: (need: Need) => string, join: (a: Need, b: Need) => Need): Need[] {
  const byKey = new Map<string, Need>();
  for (const need of needs) {
    const earlier = byKey.get(keyOf(need));
    byKey.set(keyOf(need), earlier === undefined ? need : join(earlier, need));
  }
  return [...byKey.values()];
}
