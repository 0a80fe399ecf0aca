/**
 * Hive Gateway, its own command with its defaults, over the same upstreams: Mesh composes both REST interfaces, and
 * `@resolveTo` joins what they say to one indicator. Nothing is cached.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger, run } from '@graphql-hive/gateway';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { DefaultLogger } from '@graphql-mesh/utils';
import { loadJSONSchemaSubgraph } from '@omnigraph/json-schema';
import { freePort } from '../../test/setup/process.ts';

const { DATADOG_URL, DD_API_KEY, DD_APP_KEY, ARGUS_URL, ARGUS_API_KEY } = process.env;

const text = { type: 'string' };
const number = { type: 'number' }; // times too: from a sample, Mesh would take them for an Int, which is too small
const list = (items: object) => ({ type: 'array', items });
const record = (title: string, properties: object) => ({ type: 'object', title, properties });
const each = (schema: object, names: string) => Object.fromEntries(names.split(' ').map(name => [name, schema]));

const threat = record('Threat', {
  score: number,
  ...each(text, 'id indicator_type m_as_type m_persistence m_signal m_sources max_trust_score first_seen last_seen'),
  ...each(text, 'triage_state triaged_at triaged_by'),
  ...each(number, 'log_matches signal_matches signal_tier'),
  ...each(list(text), 'categories tags log_sources services hosts'),
  ...each(list(record('Named', { name: text })), 'malicious_sources suspicious_sources benign_sources'),
  triage_history: list(record('Triage', each(text, 'triage_state triaged_at triaged_by'))),
});
const datadogAnswer = record('DatadogAnswer', {
  data: record('DatadogData', { attributes: record('DatadogAttributes', { data: threat }) }),
});
const membership = record('Membership', {
  ...each(text, 'value state'),
  ...each(number, 'firstSeenTimestamp lastSeenTimestamp'),
  indicatorList: record('IndicatorList', { name: text, shortName: text, confidence: number }),
  properties: list(
    record('Property', { descriptor: record('Descriptor', { shortName: text }), value: text, values: list(text) }),
  ),
});
const search = record('Search', {
  ...each(list(text), 'value state'),
  includeProperties: list(record('Included', { descriptor: text })),
});

const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: [
      {
        sourceHandler: loadJSONSchemaSubgraph('Datadog', {
          endpoint: DATADOG_URL,
          operationHeaders: { 'dd-api-key': DD_API_KEY, 'dd-application-key': DD_APP_KEY },
          operations: [
            {
              type: 'Query',
              field: 'datadog',
              path: '/api/v2/security/siem/ioc-explorer/indicator?indicator={args.value}&include_triage_history=true',
              method: 'GET',
              argTypeMap: { value: text },
              responseSchema: datadogAnswer,
            },
          ],
        }),
      },
      {
        sourceHandler: loadJSONSchemaSubgraph('Argus', {
          endpoint: ARGUS_URL,
          operationHeaders: { 'argus-api-key': ARGUS_API_KEY, 'content-type': 'application/json' },
          operations: [
            {
              type: 'Query',
              field: 'argus',
              path: '/reputation/v2/indicator/search',
              method: 'POST',
              requestSchema: search,
              responseSchema: record('ArgusAnswer', { data: list(membership) }),
            },
          ],
        }),
      },
    ],
    additionalTypeDefs: `
      type Indicator {
        value: String!
        datadog: DatadogAnswer @resolveTo(
          sourceName: "Datadog", sourceTypeName: "Query", sourceFieldName: "datadog",
          requiredSelectionSet: "{ value }", sourceArgs: { value: "{root.value}" })
        argus: ArgusAnswer @resolveTo(
          sourceName: "Argus", sourceTypeName: "Query", sourceFieldName: "argus",
          requiredSelectionSet: "{ value }", sourceArgs: { input: {
            value: ["{root.value}"], state: ["active", "latest"],
            includeProperties: [{ descriptor: "comment" }, { descriptor: "role" }] } })
      }
      extend type Query { indicator(value: String!): Indicator indicators(values: [String!]!): [Indicator!]! }
    `,
  },
  new DefaultLogger(),
);

const file = fileURLToPath(new URL('node_modules/supergraph.graphql', import.meta.url));
writeFileSync(file, supergraph);
const port = await freePort();
const config = fileURLToPath(new URL('hive-config.ts', import.meta.url));
const address = ['--host', '127.0.0.1', '--port', String(port)];
process.argv.splice(1, process.argv.length, 'hive-gateway', 'supergraph', file, '--config-path', config, ...address);
process.on('disconnect', () => process.exit(0));
await run({ log: new Logger() });

const url = `http://127.0.0.1:${port}`;
const ping = () =>
  fetch(`${url}/graphql?query={__typename}`)
    .then(({ ok }) => ok)
    .catch(() => false);
while (!(await ping())) await new Promise(resolve => setTimeout(resolve, 50));
process.send?.(url);
