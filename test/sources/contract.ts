/** What every source must fulfil, tested over real sockets with faults of its own emulator. */
import { buildClientSchema, type GraphQLOutputType, getIntrospectionQuery, getNamedType, isObjectType } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import type { Emulator } from '../../src/emulators/server.ts';
import { type EmulatorName, emulatorSet } from '../../src/emulators/set.ts';
import { costField, createLog, type Log } from '../../src/observability/log.ts';
import { free } from '../../src/sources/field-cost.ts';
import type { SourceDefinition } from '../../src/sources/source.ts';
import { apiKeyAuth, as } from '../setup/callers.ts';
import type { TestBed } from '../setup/gateway.ts';
import { reportFields, withoutCache } from '../verdicts/bed.ts';
import { type Case, sharedCases, timedOut, unconfigured } from '../verdicts/shared-outcomes.ts';

interface ContractBed extends TestBed {
  /** The emulator of the source under test. */
  readonly emulator: Emulator;
}

interface Contract {
  readonly source: SourceDefinition;
  /** The gateway's variables for calling the emulator. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What its documents leave open, each by name, and how its emulator is made to behave so. */
  readonly readings?: readonly { readonly name: string; play(bed: ContractBed): void }[];
  /** A shorthand field, which raises failures as errors. */
  readonly shorthand?: string;
  /** `accused` stands in the emulators of all sources, `unknown` in none. */
  start(environment: Environment, log?: Log): Promise<ContractBed>;
}

export const accused = 'accused.example.org';
const unknown = 'unknown.example.org';

/** The data of the emulators of all registered sources. */
export function createAccusingDataSet(): DataSet {
  const dataSet = createDataSet();
  for (const [name, kind] of Object.entries(emulatorSet)) kind.accuse(dataSet[name as EmulatorName] as never, accused);
  return dataSet;
}

interface Report {
  readonly source: string;
  readonly status: string;
  readonly servedFrom: string | null;
}
interface Told {
  readonly sources: readonly Report[];
  readonly verdict: {
    readonly level: string;
    readonly missing: readonly string[];
    readonly summary: string;
    readonly reasons: readonly { readonly source: string | null; readonly effect: string; readonly detail: string }[];
  };
}

const queryWith = (more = '') => `query ($values: [String!]!) { indicators(values: $values) {
  value sources ${reportFields} verdict { level missing summary reasons { source rule effect detail } } ${more} } }`;
const query = queryWith();

async function ask(bed: TestBed, headers: Record<string, string> = {}): Promise<readonly [Told, Told]> {
  const { data, errors } = await bed.ask(query, { values: [accused, unknown] }, headers);
  expect(errors).toBeUndefined();
  return data.indicators;
}

/** A selection of all fields that take no arguments, for a field of an object type. */
function selectionOf(type: GraphQLOutputType | undefined): string {
  const object = getNamedType(type);
  if (!isObjectType(object)) return '';
  const fields = Object.values(object.getFields()).filter(({ args }) => args.length === 0);
  const selected = fields.map(({ name, type }) => (isObjectType(getNamedType(type)) ? `${name} { __typename }` : name));
  return `{ ${selected.join(' ')} }`;
}

const clean = ['INFORMATIONAL', 'BENIGN', 'NO_MATCH'];

export function describeContract({ source, credentials, readings = [], shorthand, start }: Contract): void {
  const { name, title } = source;
  const reportOf = ({ sources }: Told) => sources.find(report => report.source === name);
  const othersOf = ({ sources }: Told) => sources.filter(report => report.source !== name);
  const without = Object.fromEntries(Object.keys(credentials).map(variable => [variable, undefined]));

  describe(`the source ${name}`, () => {
    let bed: ContractBed;
    const lines: string[] = [];
    beforeAll(async () => {
      const destination = { write: (line: string) => void lines.push(line) };
      bed = await start({}, createLog({ level: 'info', sources: [name], destination }));
    });
    afterAll(() => bed.stop());

    it('accuses in its own words, is silent about what it does not know, and is then heard from the cache', async () => {
      const [bad, nothing] = await ask(bed);
      expect([reportOf(bad), reportOf(nothing)]).toMatchObject([
        { status: 'MATCHED', servedFrom: 'LIVE', staleBecause: null },
        { status: 'NO_MATCH', servedFrom: 'LIVE' },
      ]);
      const own = bad.verdict.reasons.filter(reason => reason.source === name);
      expect(own.length).toBeGreaterThan(0);
      for (const { detail } of own) expect(detail).toContain(`${title} `);
      expect(['MALICIOUS', 'SUSPICIOUS']).toContain(bad.verdict.level);
      expect(nothing.verdict).toMatchObject({ level: 'NO_MATCH', missing: [] });
      expect(nothing.verdict.summary).toContain(`${title} (${source.coverage}`);
      const asked = bed.emulator.requests.length;
      const again = await ask(bed);
      expect(again.map(told => reportOf(told)?.servedFrom)).toEqual(['CACHE', 'CACHE']);
      expect(bed.emulator.requests.length).toBe(asked);
    });

    it('is in its report for each of its fields of an indicator', async () => {
      const { data } = await bed.ask(getIntrospectionQuery());
      const type = buildClientSchema(data).getType('Indicator');
      if (!isObjectType(type)) throw new Error('no type Indicator');
      const asking = Object.entries(source.costs.Indicator ?? {}).filter(([, cost]) => cost !== free);
      for (const [field] of asking) {
        const selected = `${field} ${selectionOf(type.getFields()[field]?.type)} sources { source status }`;
        const answer = await bed.ask(`{ indicator(value: "${accused}") { ${selected} } }`);
        expect(answer.errors).toBeUndefined();
        const status = expect.stringMatching(/^(MATCHED|NO_MATCH)$/);
        expect([field, reportOf(answer.data.indicator)]).toEqual([field, { source: name, status }]);
      }
    });

    it('has its place in health, readiness, metrics, trace and log', async () => {
      const { data } = await bed.ask('{ sources { source state } }');
      expect(data.sources).toContainEqual({ source: name, state: 'UP' });
      expect(await (await fetch(`${bed.url}/readyz`)).json()).toMatchObject({ sources: { [name]: 'UP' } });
      const metrics = await (await fetch(`${bed.url}/metrics`)).text();
      expect(metrics).toMatch(new RegExp(`gateway_upstream_calls_total\\{source="${name}",[^}]*outcome="ok"\\} [1-9]`));
      const verdict = '{ indicator(value: "traced.example.org") { verdict { level } } }';
      const { extensions } = await bed.ask(verdict, {}, { 'x-enrichment-trace': '1' });
      expect(extensions?.enrichment).toContainEqual(expect.objectContaining({ source: name, calls: 1, live: 1 }));
      await new Promise(setImmediate);
      const told = lines.map(line => JSON.parse(line)).filter(({ message }) => message === 'operation');
      expect(told.at(-1)).toMatchObject({ [costField(name, 'Calls')]: 1, [costField(name, 'Live')]: 1 });
    });
  });

  describe(`the source ${name}, when it`, () => {
    let bed: ContractBed;
    afterEach(() => bed.stop());

    const hangs: Case = {
      what: 'hangs',
      faults: [{ kind: 'hang' }],
      environment: { [`${name}_TIMEOUT_MS`]: '200' },
      outcome: timedOut,
    };
    const unset: Case = { what: 'has no credentials', environment: without, outcome: unconfigured };

    it.each([...sharedCases, hangs, unset].map(one => [one.what, one] as const))(
      '%s, is missing by name, nothing reads as clean, and the others are whole',
      async (_, { faults = [], environment = {}, outcome, whereItMatches }) => {
        bed = await start({ ...withoutCache, ...environment });
        for (const fault of faults) bed.emulator.faults.add(fault);
        const { data, errors = [] } = await bed.ask(queryWith(shorthand), { values: [accused, unknown] });
        for (const [place, told] of (data.indicators as readonly Told[]).entries()) {
          for (const other of othersOf(told)) expect(other).toMatchObject({ servedFrom: 'LIVE' });
          // Where the fault spoils only what is said of a match, silence may be whole.
          if (whereItMatches && reportOf(told)?.status === 'NO_MATCH') continue;
          const failed = { status: outcome.status, servedFrom: null, fetchedAt: null, limits: [] };
          expect(reportOf(told)).toMatchObject(failed);
          expect(told.verdict.missing).toEqual(outcome === unconfigured ? [] : [name]);
          if (outcome !== unconfigured) expect(clean).not.toContain(told.verdict.level);
          expect(told.verdict.reasons.filter(reason => reason.source === name)).toEqual([]);
          expect(told.verdict.summary).toContain(title);
          if (shorthand === undefined) continue;
          expect(told).toHaveProperty(shorthand, null);
          const raised = errors.filter(({ path }) => path[1] === place).map(({ extensions }) => extensions);
          expect(raised).toMatchObject([{ code: outcome.code, source: name }]);
        }
      },
    );

    it.each(readings)(
      'may work as its documents leave open, $name: what it says is true, or it is missing',
      async one => {
        bed = await start(withoutCache);
        one.play(bed);
        const [bad, nothing] = await ask(bed);
        const isMissing = ({ verdict }: Told) => verdict.missing.includes(name);
        const accuses = bad.verdict.reasons.some(reason => reason.source === name && !clean.includes(reason.effect));
        expect([accuses, isMissing(bad)]).toContain(true);
        expect(nothing.verdict.reasons.filter(reason => reason.source === name)).toEqual([]);
        expect(nothing.verdict.level).toBe(isMissing(nothing) ? 'INCONCLUSIVE' : 'NO_MATCH');
        for (const other of [bad, nothing].flatMap(othersOf)) expect(other).toMatchObject({ servedFrom: 'LIVE' });
      },
    );

    it('is down, its last match stands in, marked as stale, and an absence never does', async () => {
      bed = await start({ CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0' });
      await ask(bed);
      bed.emulator.faults.add({ kind: 'status', status: 503 });
      const [bad, nothing] = await ask(bed);
      expect(reportOf(bad)).toMatchObject({
        status: 'MATCHED',
        servedFrom: 'STALE_CACHE',
        staleBecause: 'UNAVAILABLE',
      });
      expect(reportOf(nothing)).toMatchObject({ status: 'UNAVAILABLE' });
      for (const { verdict } of [bad, nothing]) expect(verdict.missing).toEqual([name]);
      expect(nothing.verdict.level).toBe('INCONCLUSIVE');
    });

    it('may not be seen by a caller, is not asked for it, and says so', async () => {
      bed = await start({ ...apiKeyAuth({ all: ['needed'], other: [] }), [`${name}_SCOPE`]: 'needed' });
      const [, nothing] = await ask(bed, as('other'));
      expect(bed.emulator.requests).toEqual([]);
      expect(reportOf(nothing)).toMatchObject({
        status: 'DENIED',
        detail: `This caller's scopes do not include ${title}.`,
      });
      expect(nothing.verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: [name] });
      const [bad] = await ask(bed, as('all'));
      expect(reportOf(bad)).toMatchObject({ status: 'MATCHED' });
    });

    it('is asked with callers’ own keys, it is asked with those and no other, and nobody may keep the answer', async () => {
      bed = await start({ ...without, [`${name}_KEY_FROM`]: 'caller' });
      const [, denied] = await ask(bed);
      expect(reportOf(denied)).toMatchObject({ status: 'DENIED' });
      expect(denied.verdict.level).toBe('INCONCLUSIVE');
      expect(bed.emulator.requests).toEqual([]);
      const keys = Object.values(credentials);
      const named = Object.entries(source.callerKeyHeaders);
      const headers = Object.fromEntries(named.map(([own], index) => [own.toLowerCase(), keys[index] ?? '']));
      const taken = Object.fromEntries(named.map(([, upstream], index) => [upstream, keys[index]]));
      const [bad] = await ask(bed, headers);
      expect(reportOf(bad)).toMatchObject({ status: 'MATCHED' });
      for (const request of bed.emulator.requests) expect(request.headers).toMatchObject(taken);
      const { headers: answered } = await bed.ask(query, { values: [accused] }, headers);
      expect(answered.get('cache-control')).toBe('no-store');
    });
  });
}
