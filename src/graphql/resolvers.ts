/** Resolvers that belong to no single source: Query, Node, and the fields of Indicator that join all sources. */
import type { GraphQLResolveInfo } from 'graphql';
import {
  defang,
  hostOf,
  indicatorFromId,
  indicatorId,
  type ParsedIndicator,
  specialUseOf,
} from '../domain/indicator/indicator.ts';
import type { Indicator, IndicatorType } from '../domain/indicator/model.ts';
import type { SourceAnswers, Verdict } from '../domain/verdict/model.ts';
import { assessVerdict } from '../domain/verdict/verdict.ts';
import { createSlices, eachInSlices, type Later, whenThere } from '../slices.ts';
import { readAll } from '../sources/fact-table.ts';
import { type CostedField, type CostMeter, type Costs, type FieldCost, free } from '../sources/field-cost.ts';
import type { Context } from './context.ts';
import { cut } from './echo.ts';
import { badInput } from './error-codes.ts';
import type { Resolvers } from './generated.ts';
import { sourceHealth } from './health.ts';
import { operationLimits } from './limits.ts';
import type { TextContent } from './texts.ts';

type Age = number | null | undefined;

function checkAge(maxAgeSeconds: Age): void {
  if (maxAgeSeconds != null && maxAgeSeconds < 0) throw badInput('maxAgeSeconds must be 0 or more.', 'maxAgeSeconds');
}

/** Parses all values before any field is resolved, because of two ages for one indicator the stricter one applies. */
function parseAll(values: readonly string[], maxAgeSeconds: Age, context: Context): Later<readonly ParsedValue[]> {
  checkAge(maxAgeSeconds);
  const all: ParsedValue[] = [];
  const parseOne = (input: string): void => {
    const parsed = context.gateway.parseIndicator(input);
    if (parsed.indicator !== undefined) context.name(parsed.indicator, maxAgeSeconds);
    all.push({ input, ...parsed });
  };
  return whenThere(eachInSlices(values, parseOne, createSlices({ stepsPerLook: 16 })), () => all);
}

type ParsedValue = ParsedIndicator & { readonly input: string };

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
      whenThere(parseAll(values, maxAgeSeconds, context), all =>
        all.map(({ indicator, problem }) => indicator ?? (badInput(problem ?? '', 'values') as never)),
      ),
    lookup: (_, { values, maxAgeSeconds }, context) =>
      whenThere(parseAll(values, maxAgeSeconds, context), all =>
        all.map(({ input, indicator, problem }) => ({
          input: cut(input),
          indicator: indicator ?? null,
          problem: problem ?? null,
        })),
      ),
    extractIndicators: (_, { text }, context) => {
      const { indicators } = contentOf(text, context); // the limits refuse a text that names too many
      for (const indicator of indicators) context.name(indicator, undefined);
      return indicators;
    },
    extract(_, { text }, context) {
      const { places: found } = contentOf(text, context);
      context.rows.add(found.length);
      for (const { indicator } of found) if (indicator !== undefined) context.name(indicator, undefined);
      return found.map(({ indicator = null, problem = null, start, end }) => ({
        indicator,
        problem,
        start,
        length: end - start,
      }));
    },
    node: (_, { id }, context, info) => nodeOf(id, context, info),
    nodes: (_, { ids }, context, info) => nodesOf(ids, context, info) as Promise<(Indicator | null)[]>,
    sources: (_, __, { gateway, operation }) => {
      operation.reduceMaxAge(0); // the state may change at any time
      return Object.entries(gateway.sources).map(([name, source]) => sourceHealth(name, source));
    },
  },
  Node: {
    __resolveType: node => ('__typename' in node ? (node.__typename as 'ReputationRecord') : 'Indicator'),
  },
  Indicator: {
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

function nodeOf(id: string, context: Context, info: GraphQLResolveInfo) {
  const indicator = indicatorFromId(id);
  if (indicator === undefined) return nodeOfSource(id, context, info);
  context.name(indicator, undefined);
  return { ...indicator, __typename: 'Indicator' as const };
}

/** Each different id is asked once. What failed is an error at its own place. */
async function nodesOf(ids: readonly string[], context: Context, info: GraphQLResolveInfo): Promise<unknown[]> {
  const different = [...new Set(ids)];
  const settled = await Promise.allSettled(different.map(async id => nodeOf(id, context, info)));
  const found = settled.map(one => (one.status === 'fulfilled' ? one.value : one.reason));
  const byId = new Map(different.map((id, at) => [id, found[at]]));
  return ids.map(id => byId.get(id));
}

/** From the first source that recognises the id. */
function nodeOfSource(id: string, { parts, lookahead }: Context, info: GraphQLResolveInfo) {
  for (const part of parts) {
    const found = part.node?.(id, typeName => lookahead.below(info, typeName));
    if (found !== undefined) return found as Promise<Indicator | null>;
  }
  return null;
}

function contentOf(text: string, { texts }: Context): TextContent {
  const { textBytes } = operationLimits;
  if (Buffer.byteLength(text) > textBytes)
    throw badInput(`text may be at most ${textBytes} bytes long: send a longer one in parts.`, 'text');
  const content = texts.get(text);
  if (content === undefined) throw new Error('a text that was not searched');
  return content;
}

/** The type behind an id is not known yet: counts all, an indicator's fields, a record's and a row's. */
function countNodes<Field extends CostedField>(field: Field, meter: CostMeter<Field>, ids: readonly unknown[]): void {
  meter.name(
    field,
    ids.map(id => ({ id })),
  );
  meter.leadToRecords(field, ids.length, [[]]);
  meter.leadToRows(field, ids.length, [[]], ['', undefined]);
}

/** `verdictCosts`: the cost of a verdict at each source. */
export const joinCosts = (verdictCosts: readonly FieldCost[]): Costs => ({
  Query: {
    indicator(field, meter) {
      const [value, type] = [field.argument('value'), field.argument('type')];
      meter.name(field, value && { value, type });
    },
    indicators: (field, meter) => meter.name(field, field.argument('values')),
    lookup: (field, meter) => meter.name(field, field.argument('values'), ['indicator']),
    extractIndicators: (field, meter) => meter.nameExtracted(field, field.argument('text')),
    extract: (field, meter) => meter.nameExtracted(field, field.argument('text'), ['indicator']),
    node: (field, meter) => countNodes(field, meter, [field.argument('id') ?? []].flat()),
    nodes: (field, meter) => countNodes(field, meter, [field.argument('ids') ?? []].flat()),
    sources: free,
  },
  Indicator: {
    id: free,
    defanged: free,
    specialUse: free,
    host: (field, meter) => meter.leadToIndicator(field),
    verdict(field, meter) {
      for (const one of [field, meter.ofHosts(field)]) for (const cost of verdictCosts) cost(one, meter);
    },
    // It makes no calls, but reports on those of its sibling fields.
    sources: free,
  },
});
