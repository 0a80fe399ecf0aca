/**
 * The JSON text of what a selection said about one indicator, to be used again as long as every fact that it rests on would
 * be: memory still holds that very fact, fresh, and the credential in use may be served it. Nothing else keeps answers.
 */
import { LRUCache } from 'lru-cache';
import type { ServedFact } from '../../cache/fact-kind.ts';
import { indicatorKey } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import type { Later } from '../../slices.ts';
import type { Context } from '../context.ts';
import { flat } from './text.ts';

interface Fragment {
  readonly text: string;
  readonly served: readonly ServedFact[];
  /** The canonical values that it names, as an indicator of a record is. */
  readonly named: readonly string[];
  /** Of its oldest fact; monotonic. */
  readonly heardAt: number;
  /** Monotonic. */
  readonly freshUntil: number;
}

/** The fragments of one selection, for callers with equal permissions. */
export interface Fragments {
  /** Takes one for this operation, and counts its facts as served. False: there is none that may be used. */
  take(indicator: Indicator, context: Context): boolean;
  /** The text of what was taken, unless its facts were replaced or refused by now, or the rest of the answer has newer ones. */
  read(indicator: Indicator, context: Context): string | undefined;
  /** `write` writes the text. It is kept where it is whole, and all that it rests on came from memory. */
  keep(indicator: Indicator, context: Context, write: () => Later<string>, isWhole: () => boolean): Later<string>;
}

/** What one operation has taken, by selection and indicator. */
export type TakenFragments = Map<Fragments, Map<Indicator, Fragment>>;

export const createTakenFragments = (): TakenFragments => new Map();

/** Measured: a key's entry, and each fact that a text rests on. */
const bytesPerEntry = 450;
const bytesPerFact = 450;

/** For all selections of a gateway. `maxSize`: bytes. */
export function createFragmentStore(maxSize: number): () => Fragments {
  const fragments = new LRUCache<string, Fragment>({
    maxSize,
    sizeCalculation: ({ text, served }, key) => text.length + key.length + bytesPerEntry + served.length * bytesPerFact,
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
    return fragment && isUsable(fragment, context) ? fragment : undefined;
  }

  return {
    take(indicator, context) {
      const fragment = find(indicator, context);
      if (fragment === undefined) return false;
      const { operation, gateway, fragments: all } = context;
      for (const fact of fragment.served) serve(fact, context);
      context.nameAgain(fragment.named);
      const now = gateway.clock.monotonic();
      const restMs = Math.min(fragment.freshUntil - now, fragment.heardAt + operation.strictestAgeMs() - now);
      if (Number.isFinite(restMs)) operation.reduceMaxAge(restMs);
      const taken = all.get(this) ?? new Map<Indicator, Fragment>();
      all.set(this, taken);
      taken.set(indicator, fragment);
      return true;
    },
    read(indicator, { operation, fragments: all, hasWaited }) {
      const fragment = all.get(this)?.get(indicator);
      if (fragment === undefined || (hasWaited() && !fragment.served.every(isCurrent))) return undefined;
      return fragment.served.every(fact => isSameVersion(fact, operation.versions)) ? fragment.text : undefined;
    },
    keep(indicator, context, write, isWhole) {
      const { operation, permissionsKey, gateway } = context;
      if (permissionsKey === undefined) return write();
      const served = new Set<ServedFact>();
      const named = new Set<string>();
      operation.served = served;
      context.naming = named;
      const end = (): void => {
        operation.served = undefined;
        context.naming = undefined;
      };
      const keepText = (text: string): string => {
        end();
        const facts = [...served];
        const freshUntil = Math.min(...facts.map(fact => fact.freshUntil));
        if (isWhole() && facts.every(isCurrent) && freshUntil > gateway.clock.monotonic())
          fragments.set(keyOf(indicator, context), {
            text: flat(text),
            served: facts,
            named: [...named],
            heardAt: oldest(facts),
            freshUntil,
          });
        return text;
      };
      try {
        const text = write();
        if (!(text instanceof Promise)) return keepText(text);
        return text.then(keepText).finally(end);
      } catch (problem) {
        end();
        throw problem;
      }
    },
  };
}

const isCurrent = (fact: ServedFact): boolean => fact.isCurrent();
const oldest = (facts: readonly ServedFact[]): number => Math.min(...facts.map(({ heardAt }) => heardAt));

/** As fresh as this operation wants it, and of the same facts as the rest of its answer. */
function isUsable({ served, heardAt, freshUntil }: Fragment, { operation, gateway }: Context) {
  const now = gateway.clock.monotonic();
  if (now >= freshUntil || now - heardAt >= operation.strictestAgeMs()) return false;
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
