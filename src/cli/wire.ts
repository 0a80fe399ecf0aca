/** The queries to the gateway, and schemas for its responses. Only `covering` raises errors: its null is one of `sources`. */
import { z } from 'zod';

const report = `source status limits servedFrom staleBecause fetchedAt detail retryAfterSeconds`;
const list = `list { shortName name confidence }`;
const covering = `covering { value state ${list} }`;

export const lookupQuery = `query Enrich($values: [String!]!, $maxAgeSeconds: Int) {
  lookup(values: $values, maxAgeSeconds: $maxAgeSeconds) {
    input
    problem
    indicator {
      value type defanged specialUse
      verdict { level summary missing conflicting policyVersion reasons { source rule effect detail } }
      sources { ${report} }
      datadog {
        report { ${report} }
        threat { score categories tags maliciousSources firstSeen lastSeen logMatches signalMatches triageState triagedAt }
      }
      argus {
        report { ${report} }
        membershipCount
        memberships(limit: 20) { value state firstSeen lastSeen ${list} }
      }
      ${covering}
      host { type defanged ${covering} argus { memberships { state ${list} } } }
    }
  }
}`;

/** The gateway's sources, in its order. */
export const sourcesQuery = 'query Sources { sources { source } }';

/** Texts in one query: as many fields as the gateway takes at the root. */
export const maxTexts = 20;
const textNames = Array.from({ length: maxTexts }, (_, at) => `text${at}`);

/** One document for any number of texts, so that a gateway with trusted documents can know it. */
export const extractQuery = `query Extract(${textNames.map(name => `$${name}: String!`).join(', ')}) {
  ${textNames.map(name => `${name}: extractIndicators(text: $${name}) { value }`).join('\n  ')}
}`;

export const extractVariables = (texts: readonly string[]) =>
  Object.fromEntries(textNames.map((name, at) => [name, texts[at] ?? '']));

const texts = z.array(z.string());
const nullableText = z.string().nullable();
const int64 = z.union([z.number(), z.string()]).nullable();

const sourceReport = z.object({
  source: z.string(),
  status: z.string(),
  limits: texts,
  servedFrom: nullableText,
  staleBecause: nullableText,
  fetchedAt: nullableText,
  detail: nullableText,
  retryAfterSeconds: z.number().nullable(),
});

const threat = z.object({
  score: z.number().nullable(),
  categories: texts,
  tags: texts,
  maliciousSources: texts,
  firstSeen: nullableText,
  lastSeen: nullableText,
  logMatches: int64,
  signalMatches: int64,
  triageState: nullableText,
  triagedAt: nullableText,
});

const onList = z.object({
  state: z.string(),
  list: z.object({ shortName: z.string(), name: z.string(), confidence: z.number().nullable() }),
});
const membership = onList.extend({ value: z.string(), firstSeen: nullableText, lastSeen: nullableText });
const covered = z.object({ type: z.string(), covering: z.array(onList.extend({ value: z.string() })).nullable() });
const host = covered.extend({
  defanged: z.string(),
  argus: z.object({ memberships: z.array(onList).nullable() }),
});

const indicator = covered.extend({
  value: z.string(),
  defanged: z.string(),
  specialUse: nullableText,
  verdict: z.object({
    level: z.enum(['MALICIOUS', 'SUSPICIOUS', 'INCONCLUSIVE', 'INFORMATIONAL', 'BENIGN', 'NO_MATCH']),
    summary: z.string(),
    missing: texts,
    conflicting: z.boolean(),
    policyVersion: z.string(),
    reasons: z.array(z.object({ source: nullableText, rule: z.string(), effect: nullableText, detail: z.string() })),
  }),
  sources: z.array(sourceReport),
  datadog: z.object({ report: sourceReport, threat: threat.nullable() }),
  argus: z.object({
    report: sourceReport,
    membershipCount: z.number().nullable(),
    memberships: z.array(membership).nullable(),
  }),
  host: host.nullable(),
});

const answer = z.object({ input: z.string(), problem: nullableText, indicator: indicator.nullable() });
export type LookupResult = z.infer<typeof answer>;

export const lookupData = z.object({ lookup: z.array(answer) });
export const sourcesData = z.object({ sources: z.array(z.object({ source: z.string() })) });
export const extractData = z.record(z.string(), z.array(z.object({ value: z.string() })));

export const envelope = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.object({ code: z.string().optional(), retryAfterSeconds: z.number().optional() }).optional(),
      }),
    )
    .optional(),
});
