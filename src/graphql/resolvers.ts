/** Resolvers that belong to no single source: Query, Node, and the fields of Indicator that join all sources. */
import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import { extractIndicators, findIndicators } from '../domain/indicator/extract/extract.ts';
import type { Found } from '../domain/indicator/extract/found.ts';
import {
  defang,
  hostOf,
  indicatorFromId,
  indicatorId,
  parseIndicator,
  specialUseOf,
} from '../domain/indicator/indicator.ts';
import { type Indicator, type IndicatorType, indicatorTypes } from '../domain/indicator/model.ts';
import type { SourceAnswers, Verdict } from '../domain/verdict/model.ts';
import { assessVerdict } from '../domain/verdict/verdict.ts';
import { readAll } from '../sources/fact-table.ts';
import { type Costs, type FieldCost, free } from '../sources/field-cost.ts';
import type { Context } from './context.ts';
import { badInput } from './error-codes.ts';
import type { Resolvers } from './generated.ts';
import { sourceHealth } from './health.ts';
import { operationLimits } from './limits.ts';

type Age = number | null | undefined;

function checkAge(maxAgeSeconds: Age): void {
  if (maxAgeSeconds != null && maxAgeSeconds < 0) throw badInput('maxAgeSeconds must be 0 or more.', 'maxAgeSeconds');
}

/** Parses all values before any field is resolved, because of two ages for one indicator the stricter one applies. */
function parseAll(values: readonly string[], maxAgeSeconds: Age, context: Context) {
  checkAge(maxAgeSeconds);
  return values.map(value => {
    const parsed = context.gateway.parseIndicator(value);
    if (parsed.indicator !== undefined) context.name(parsed.indicator, maxAgeSeconds);
    return { input: value, ...parsed };
  });
}

function parseOne(value: string, type: IndicatorType | null | undefined, maxAge: Age, context: Context): Indicator {
  checkAge(maxAge);
  const { indicator, problem } = context.gateway.parseIndicator(value, type ?? undefined);
  if (indicator === undefined) throw badInput(problem, 'value');
  context.name(indicator, maxAge);
  return indicator;
}

const assess = (indicator: Indicator, { parts }: Context): SourceAnswers => ({
  indicator,
  answers: readAll(parts.map(part => () => part.assess(indicator))),
});

/** For a URL, its host is assessed too: a URL on a malicious host is no "no match". */
function verdictOf(indicator: Indicator, context: Context): Verdict {
  const host = hostOf(indicator);
  const [own, ofHost] = readAll([indicator, ...(host ? [host] : [])].map(one => () => assess(one, context)));
  return assessVerdict(own as SourceAnswers, ofHost, context.gateway.verdictPolicy);
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
      const found = extract(text, context.gateway.maxValues); // the limits reject a text that names more
      for (const indicator of found) context.name(indicator, undefined);
      return [...found];
    },
    extract(_, { text }, context) {
      const found = places(text);
      for (const { indicator } of found) if (indicator !== undefined) context.name(indicator, undefined);
      return found.map(({ indicator = null, problem = null, start, end }) => ({
        indicator,
        problem,
        start,
        length: end - start,
      }));
    },
    node: (_, { id }, context, info) => {
      const indicator = indicatorFromId(id);
      if (indicator !== undefined) context.name(indicator, undefined);
      return indicator ?? nodeOfSource(id, context, info);
    },
    sources: (_, __, { gateway, operation }) => {
      operation.reduceMaxAge(0); // the state may change at any time
      return Object.entries(gateway.sources).map(([name, source]) => sourceHealth(name, source));
    },
  },
  Node: {
    __resolveType: node => ('__typename' in node ? (node.__typename as 'ReputationRecord') : 'Indicator'),
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
    sources: (indicator, _, { parts, lookahead }, info) => {
      const selection = lookahead.beside(info);
      return readAll(parts.map(part => () => part.report(indicator, selection)));
    },
  },
};

/** From the first source that recognises the id. */
function nodeOfSource(id: string, { parts, lookahead }: Context, info: GraphQLResolveInfo) {
  for (const part of parts) {
    const found = part.node?.(id, typeName => lookahead.below(info, typeName));
    if (found !== undefined) return found as Promise<Indicator | null>;
  }
  return null;
}

/** A router passes on what other subgraphs returned: neither types nor values can be relied on. */
const reference = z.union([
  z.object({ id: z.string() }).transform(({ id }) => indicatorFromId(id)),
  z
    .object({ value: z.string(), type: z.enum(indicatorTypes) })
    .transform(({ value, type }) => parseIndicator(value, type).indicator),
]);

const referenced = (given: unknown): Indicator | undefined => reference.safeParse(given).data;

function extract(text: string, maxValues: number): readonly Indicator[] {
  refuseLongText(text);
  return extractIndicators(text, maxValues);
}

/** The limits reject a text with more. */
function places(text: string): readonly Found[] {
  refuseLongText(text);
  return [...findIndicators(text).take(operationLimits.places)];
}

function refuseLongText(text: string): void {
  const { textBytes } = operationLimits;
  if (Buffer.byteLength(text) > textBytes)
    throw badInput(`text may be at most ${textBytes} bytes long: send a longer one in parts.`, 'text');
}

/** `verdictCosts`: the cost of a verdict at each source. */
export const joinCosts = (verdictCosts: readonly FieldCost[]): Costs => ({
  Query: {
    indicator: (field, meter) => meter.name(field, field.argument('value')),
    indicators: (field, meter) => meter.name(field, field.argument('values')),
    lookup: (field, meter) => meter.name(field, field.argument('values'), ['indicator']),
    extractIndicators: (field, meter) => meter.nameExtracted(field, field.argument('text')),
    extract: (field, meter) => meter.nameExtracted(field, field.argument('text'), ['indicator']),
    // The type behind an id is not known yet: count both, an indicator's fields and a record's.
    node(field, meter) {
      meter.name(field, field.argument('id'));
      meter.leadToRecords(field, 1, [[]]);
    },
    sources: free,
  },
  Indicator: {
    id: free,
    defanged: free,
    specialUse: free,
    host: (field, meter) => meter.leadToIndicator(field),
    verdict(field, meter) {
      for (const cost of verdictCosts) cost(field, meter);
    },
    // It makes no calls, but reports on those of its sibling fields.
    sources: free,
  },
});
