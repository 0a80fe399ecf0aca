/** What is kept of an answer, and when it may be used again. */
import { describe, expect, it } from 'vitest';
import type { ServedFact } from '../../src/cache/fact-kind.ts';
import { parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';
import type { Context } from '../../src/graphql/context.ts';
import { createFragmentStore, createTakenFragments } from '../../src/graphql/operation/fragments.ts';

const indicator = parseIndicator('evil.example.org').indicator as Indicator;

interface Given {
  readonly permissionsKey?: string | undefined;
  readonly maxAgeMs?: number;
  readonly versions?: ReadonlyMap<string, number>;
  readonly hasWaited?: boolean;
}

function open() {
  let now = 1000;
  let isCurrent = true;
  const served: string[] = [];
  const names: string[] = [];
  const maxAges: number[] = [];
  const fragments = createFragmentStore(1_000_000)();
  const fact: ServedFact = {
    key: 'a fact',
    heardAt: 900,
    freshUntil: 2000,
    isCurrent: () => isCurrent,
    count: () => served.push('a fact'),
  };
  const contextOf = ({ permissionsKey = 'all', maxAgeMs, versions, hasWaited = false }: Given = {}): Context =>
    ({
      permissionsKey,
      fragments: createTakenFragments(),
      hasWaited: () => hasWaited,
      nameAgain: (values: readonly string[]) => names.push(...values),
      gateway: { clock: { monotonic: () => now } },
      operation: {
        served: undefined,
        versions: new Map(versions),
        strictestAgeMs: () => maxAgeMs ?? Number.POSITIVE_INFINITY,
        reduceMaxAge: (milliseconds: number) => maxAges.push(milliseconds),
      },
    }) as unknown as Context;
  const keep = (facts: readonly ServedFact[] = [fact], isWhole = true, context = contextOf()) =>
    fragments.keep(
      indicator,
      context,
      () => {
        for (const one of facts) context.operation.served?.add(one);
        return '{}';
      },
      () => isWhole,
    );
  return {
    ...{ fragments, fact, served, names, maxAges, contextOf, keep },
    use: (given?: Given, of = indicator) => {
      const context = contextOf(given);
      return fragments.take(of, context) ? fragments.read(of, context) : undefined;
    },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    replace: () => {
      isCurrent = false;
    },
  };
}

describe('a fragment', () => {
  it('is used again for the same indicator and callers who may see the same', () => {
    const { keep, use } = open();
    expect([use(), keep(), use()]).toEqual([undefined, '{}', '{}']);
    expect(use({ permissionsKey: 'less' })).toBeUndefined();
    expect(use(undefined, { type: 'OTHER', value: indicator.value })).toBeUndefined();
  });

  it('is of one selection', () => {
    const create = createFragmentStore(1_000_000);
    const [one, other] = [create(), create()];
    const { contextOf } = open();
    one.keep(
      indicator,
      contextOf(),
      () => 'one',
      () => true,
    );
    expect(one.take(indicator, contextOf())).toBe(true);
    expect(other.take(indicator, contextOf())).toBe(false);
  });

  it('counts each fact once in an operation, and is no fresher than its oldest one', () => {
    const { keep, fragments, contextOf, served, maxAges } = open();
    keep();
    const context = contextOf();
    fragments.take(indicator, context);
    fragments.take(indicator, context);
    expect(served).toEqual(['a fact']);
    expect(maxAges).toEqual([1000, 1000]);
  });

  it('names again what was named when it was written', () => {
    const { fragments, fact, contextOf, names } = open();
    const context = contextOf();
    const write = () => {
      context.operation.served?.add(fact);
      context.naming?.add('of-a-record.example');
      return '{}';
    };
    fragments.keep(indicator, context, write, () => true);
    expect(context.naming).toBeUndefined();
    fragments.take(indicator, contextOf());
    expect(names).toEqual(['of-a-record.example']);
  });

  it('is not used once a fact of it was replaced, or is no longer fresh', () => {
    const { keep, use, pass, replace } = open();
    keep();
    pass(999);
    expect(use()).toBe('{}');
    pass(1);
    expect(use()).toBeUndefined();
    const other = open();
    other.keep();
    replace();
    other.replace();
    expect(other.use()).toBeUndefined();
  });

  it('is not used for an operation that wants younger facts, or has another version of one', () => {
    const { keep, use } = open();
    keep();
    expect([use({ maxAgeMs: 101 }), use({ maxAgeMs: 100 }), use({ maxAgeMs: 0 })]).toEqual([
      '{}',
      undefined,
      undefined,
    ]);
    expect(use({ versions: new Map([['a fact', 900]]) })).toBe('{}');
    expect(use({ versions: new Map([['a fact', 950]]) })).toBeUndefined();
  });

  it('is not read once the rest of the answer rests on a newer version of its fact', () => {
    const { keep, fragments, contextOf } = open();
    keep();
    const context = contextOf();
    expect([fragments.take(indicator, context), fragments.read(indicator, context)]).toEqual([true, '{}']);
    context.operation.versions.set('a fact', 950);
    expect(fragments.read(indicator, context)).toBeUndefined();
  });

  it('is not read once its fact was replaced or refused while the operation waited', () => {
    const { keep, fragments, contextOf, replace } = open();
    keep();
    const context = contextOf({ hasWaited: true });
    expect([fragments.take(indicator, context), fragments.read(indicator, context)]).toEqual([true, '{}']);
    replace();
    expect(fragments.read(indicator, context)).toBeUndefined();
  });

  it('is not kept where something is missing, did not come from memory, or nothing may be used again', () => {
    const { keep, use, fact, contextOf } = open();
    keep([fact], false);
    keep([fact, { ...fact, isCurrent: () => false }]);
    keep([{ ...fact, freshUntil: 1000 }]);
    expect(use()).toBeUndefined();
    keep([fact], true, { ...contextOf(), permissionsKey: undefined });
    expect([use(), use({ permissionsKey: undefined })]).toEqual([undefined, undefined]);
  });
});
