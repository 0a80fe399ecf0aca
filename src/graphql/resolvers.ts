/** Query, Node and the join: what belongs to no single source. */
import { z } from 'zod';
import { extractIndicators } from '../domain/extract.ts';
import {
  defang,
  hostOf,
  type Indicator,
  type IndicatorType,
  indicatorFromId,
  indicatorId,
  indicatorTypes,
  parseIndicator,
  specialUseOf,
} from '../domain/indicator.ts';
import { judge, type Testimony, type Verdict } from '../domain/verdict.ts';
import { selectionBelow, selectionBeside } from '../sources/lookahead.ts';
import type { MaybePromise } from '../sources/source.ts';
import type { Context } from './context.ts';
import { badInput } from './errors.ts';
import type { Resolvers } from './generated.ts';
import { sourceHealth } from './health.ts';
import { operationLimits } from './limits.ts';

type Age = number | null | undefined;

function checkAge(maxAgeSeconds: Age): void {
  if (maxAgeSeconds != null && maxAgeSeconds < 0) throw badInput('maxAgeSeconds must be 0 or more.', 'maxAgeSeconds');
}

/** Each value's indicator or its problem; all are named before any is asked about, for the strictest age wins. */
function parseAll(values: readonly string[], maxAgeSeconds: Age, context: Context) {
  checkAge(maxAgeSeconds);
  return values.map(value => {
    const parsed = parseIndicator(value);
    if (parsed.indicator !== undefined) context.name(parsed.indicator, maxAgeSeconds);
    return { input: value, ...parsed };
  });
}

function parseOne(value: string, type: IndicatorType | null | undefined, maxAge: Age, context: Context): Indicator {
  checkAge(maxAge);
  const { indicator, problem } = parseIndicator(value, type ?? undefined);
  if (indicator === undefined) throw badInput(problem, 'value');
  context.name(indicator, maxAge);
  return indicator;
}

/** Waits for all, but only when one of them is not here yet. */
function both<A, B, Result>(
  a: MaybePromise<A>,
  b: MaybePromise<B>,
  join: (a: A, b: B) => Result,
): MaybePromise<Result> {
  if (a instanceof Promise || b instanceof Promise) return Promise.all([a, b]).then(([x, y]) => join(x, y));
  return join(a, b);
}

function testify(indicator: Indicator, { datadog, argus }: Context): MaybePromise<Testimony> {
  return both(datadog.testify(indicator), argus.testify(indicator), (heardDatadog, heardArgus) => ({
    indicator,
    datadog: heardDatadog,
    argus: heardArgus,
  }));
}

/** A listed host behind an unlisted path must not read as nothing: the host is asked in the same batch. */
function verdictOf(indicator: Indicator, context: Context): MaybePromise<Verdict> {
  const host = hostOf(indicator);
  const ofHost = host === undefined ? undefined : testify(host, context);
  return both(testify(indicator, context), ofHost, (testimony, hostTestimony) =>
    judge(testimony, hostTestimony, context.gateway.verdictPolicy),
  );
}

export const resolvers: Resolvers = {
  Query: {
    indicator: (_, { value, type, maxAgeSeconds }, context) => parseOne(value, type, maxAgeSeconds, context),
    indicators: (_, { values, maxAgeSeconds }, context) =>
      parseAll(values, maxAgeSeconds, context).map(
        ({ indicator, problem }) => indicator ?? (badInput(problem ?? '', 'values') as never),
      ),
    lookup: (_, { values, maxAgeSeconds }, context) =>
      parseAll(values, maxAgeSeconds, context).map(({ input, indicator, problem }) => ({
        input,
        indicator: indicator ?? null,
        problem: problem ?? null,
      })),
    extractIndicators: (_, { text }, context) => {
      const found = extract(text, context.gateway.maxValues); // more were refused before
      for (const indicator of found) context.name(indicator, undefined);
      return [...found];
    },
    node: (_, { id }, context, info) => {
      const indicator = indicatorFromId(id);
      if (indicator !== undefined) context.name(indicator, undefined);
      return indicator ?? context.argus.node(id, selectionBelow(info, 'ReputationRecord')) ?? null;
    },
    sources: (_, __, { gateway, operation }) => {
      operation.lasts(0); // how they are doing is of the moment
      return [sourceHealth(gateway.datadog), sourceHealth(gateway.argus)];
    },
  },
  Node: {
    __resolveType: node => ('recordId' in node ? 'ReputationRecord' : 'Indicator'),
  },
  Indicator: {
    __resolveReference: (reference, context) => {
      const indicator = referenced(reference);
      if (indicator === undefined)
        throw badInput('An Indicator is referred to by its id, or by its value and type.', 'representations');
      context.name(indicator, undefined);
      return indicator;
    },
    id: indicator => indicatorId(indicator),
    defanged: indicator => defang(indicator),
    specialUse: indicator => specialUseOf(indicator) ?? null,
    host: indicator => hostOf(indicator) ?? null,
    verdict: (indicator, _, context) => verdictOf(indicator, context),
    sources: (indicator, _, { datadog, argus }, info) => {
      const selection = selectionBeside(info);
      return Promise.all([datadog.report(indicator, selection), argus.report(indicator, selection)]);
    },
  },
};

/** A router hands on what other graphs say: anything may stand in the place of a value. */
const reference = z.union([
  z.object({ id: z.string() }).transform(({ id }) => indicatorFromId(id)),
  z
    .object({ value: z.string(), type: z.enum(indicatorTypes) })
    .transform(({ value, type }) => parseIndicator(value, type).indicator),
]);

const referenced = (given: unknown): Indicator | undefined => reference.safeParse(given).data;

function extract(text: string, maxValues: number): readonly Indicator[] {
  const { textBytes } = operationLimits;
  if (Buffer.byteLength(text) > textBytes)
    throw badInput(`text may be at most ${textBytes} bytes long: send a longer one in parts.`, 'text');
  return extractIndicators(text, maxValues);
}
