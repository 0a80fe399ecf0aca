/**
 * The JSON text of what a selection said about one indicator, to be used again as long as every fact that it rests on would
 * be: memory still holds that very fact, fresh, and the credential in use may be served it. Nothing else keeps answers.
 */
import { LRUCache } from 'lru-cache';
import type { ServedFact } from '../../cache/fact-kind.ts';
import { indicatorKey } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import type { Context } from '../context.ts';

interface Fragment {
  readonly text: string;
  readonly served: readonly ServedFact[];
  /** Of its oldest fact; monotonic. */
  readonly heardAt: number;
  /** Monotonic. */
  readonly freshUntil: number;
}

/** The fragments of one selection, for callers with equal permissions. */
export interface Fragments {
  /** Whether there is one that may be used. */
  has(indicator: Indicator, context: Context): boolean;
  /** Counts its facts as served. */
  use(indicator: Indicator, context: Context): string | undefined;
  /** `write` writes the text. It is kept where it is whole, and all that it rests on came from memory. */
  keep(indicator: Indicator, context: Context, write: () => string, isWhole: () => boolean): string;
}

/** Characters of texts and keys. */
const maxSize = 16 * 1024 * 1024;
/** For a key's entry and the facts that a text rests on. */
const overhead = 500;

/** For all selections of a gateway. */
export function createFragmentStore(): () => Fragments {
  const fragments = new LRUCache<string, Fragment>({
    maxSize,
    sizeCalculation: ({ text }, key) => text.length + key.length + overhead,
  });
  let selections = 0;
  return () => fragmentsOf(fragments, String(++selections));
}

function fragmentsOf(fragments: LRUCache<string, Fragment>, selection: string): Fragments {
  const keyOf = (indicator: Indicator, { permissionsKey }: Context): string =>
    `${selection} ${permissionsKey} ${indicatorKey(indicator)}`;

  function find(indicator: Indicator, context: Context): Fragment | undefined {
    if (context.permissionsKey === undefined) return undefined;
    const fragment = fragments.get(keyOf(indicator, context));
    return fragment && isUsable(fragment, indicator, context) ? fragment : undefined;
  }

  return {
    has: (indicator, context) => find(indicator, context) !== undefined,
    use(indicator, context) {
      const fragment = find(indicator, context);
      if (fragment === undefined) return undefined;
      const { operation, gateway } = context;
      for (const fact of fragment.served) serve(fact, context);
      if (Number.isFinite(fragment.freshUntil)) operation.reduceMaxAge(fragment.freshUntil - gateway.clock.monotonic());
      return fragment.text;
    },
    keep(indicator, context, write, isWhole) {
      const { operation, permissionsKey, gateway } = context;
      if (permissionsKey === undefined) return write();
      const served = new Set<ServedFact>();
      operation.served = served;
      try {
        const text = write();
        const facts = [...served];
        const freshUntil = Math.min(...facts.map(fact => fact.freshUntil));
        if (isWhole() && facts.every(isCurrent) && freshUntil > gateway.clock.monotonic())
          fragments.set(keyOf(indicator, context), { text, served: facts, heardAt: oldest(facts), freshUntil });
        return text;
      } finally {
        operation.served = undefined;
      }
    },
  };
}

const isCurrent = (fact: ServedFact): boolean => fact.isCurrent();
const oldest = (facts: readonly ServedFact[]): number => Math.min(...facts.map(({ heardAt }) => heardAt));

/** As fresh as this operation wants it, and of the same facts as the rest of its answer. */
function isUsable({ served, heardAt, freshUntil }: Fragment, indicator: Indicator, { operation, gateway }: Context) {
  const now = gateway.clock.monotonic();
  const maxAgeMs = operation.maxAgeMs(indicator);
  if (now >= freshUntil || (maxAgeMs !== undefined && now - heardAt >= maxAgeMs)) return false;
  return served.every(fact => fact.isCurrent() && isSameVersion(fact, operation.versions));
}

const isSameVersion = ({ key, heardAt }: ServedFact, versions: ReadonlyMap<string, number>): boolean =>
  key === undefined || (versions.get(key) ?? heardAt) === heardAt;

/** Each fact counts once in an operation. */
function serve(fact: ServedFact, { operation }: Context): void {
  if (fact.key === undefined || operation.versions.has(fact.key)) return;
  operation.versions.set(fact.key, fact.heardAt);
  fact.count(operation);
}
