/** A plain server written by hand: mercurius with jit, a DataLoader for each upstream. No cache, retry, limits or log. */
import DataLoader from 'dataloader';
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { membershipsOf, threatOf } from './by-hand.ts';

const schema = `
  type Query { indicator(value: String!): Indicator indicators(values: [String!]!): [Indicator!]! }
  type Indicator {
    id: ID! value: String! type: String! threatScore: Float triageHistory: [Triage!] memberships: [Membership!] threat: Threat
  }
  type Triage { state: String at: String by: String }
  type Membership {
    list: List state: String value: String firstSeen: String lastSeen: String
    properties(names: [String!]!): [Property]
  }
  type List { name: String confidence: Float shortName: String }
  type Property { shortName: String value: String values: [String!] }
  type Threat {
    id: ID score: Float indicatorType: String categories: [String!] tags: [String!]
    maliciousSources: [String!] suspiciousSources: [String!] benignSources: [String!] scoringFactors: Factors
    firstSeen: String lastSeen: String logMatches: Float signalMatches: Float signalTier: Float
    logSources: [String!] services: [String!] hosts: [String!] triageState: String triagedAt: String triagedBy: String
  }
  type Factors { asType: String persistence: String signal: String sources: String maxTrust: String }`;

const indicator = (value: string) => ({ id: value, value, type: 'DOMAIN' });
const resolvers = {
  Query: {
    indicator: (_root, { value }) => indicator(value),
    indicators: (_root, { values }) => values.map(indicator),
  },
  Indicator: {
    threat: ({ value }, _given, { threats }) => threats.load(value),
    threatScore: async ({ value }, _given, { threats }) => (await threats.load(value)).score,
    triageHistory: async ({ value }, _given, { threats }) => (await threats.load(value)).triageHistory,
    memberships: ({ value }, _given, { memberships }) => memberships.load(value),
  },
  Membership: {
    properties: ({ properties }, { names }) =>
      names.map((name: string) => properties.find(({ shortName }) => shortName === name) ?? null),
  },
};

const server = Fastify();
server.register(mercurius, {
  schema,
  resolvers,
  jit: 1,
  context: () => ({
    threats: new DataLoader<string, object>(values => Promise.all(values.map(threatOf))),
    memberships: new DataLoader<string, object[]>(membershipsOf),
  }),
});
process.send?.(await server.listen({ host: '127.0.0.1', port: 0 }));
process.on('disconnect', () => process.exit(0));
