/**
 * Hive Gateway over the same upstreams, joined by declaration: Mesh composes both REST interfaces into one schema, in which
 * `indicator` has Datadog's word and Argus's. With its defaults, and so without a cache.
 */
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { DefaultLogger } from '@graphql-mesh/utils';
import { loadJSONSchemaSubgraph } from '@omnigraph/json-schema';

const { DATADOG_URL, DD_API_KEY, DD_APP_KEY, ARGUS_URL, ARGUS_API_KEY } = process.env;
const text = { type: 'string' };
const rows = (properties: object) => ({ type: 'array', items: { type: 'object', title: 'Membership', properties } });
const within = (title: string, name: string, schema: object) => ({
  type: 'object',
  title,
  properties: { [name]: schema },
});

/** Of both, the few fields that the bench asks for; times, which Mesh would take for an Int, are not among them. */
const datadogAnswer = within(
  'DatadogAnswer',
  'data',
  within(
    'DatadogData',
    'attributes',
    within('DatadogAttributes', 'data', within('Threat', 'score', { type: 'number' })),
  ),
);
const argusAnswer = within(
  'ArgusAnswer',
  'data',
  rows({ value: text, state: text, indicatorList: within('IndicatorList', 'name', text) }),
);

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
              path: '/api/v2/security/siem/ioc-explorer/indicator?indicator={args.value}',
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
              requestSchema: {
                type: 'object',
                title: 'Search',
                properties: { value: { type: 'array', items: text }, state: { type: 'array', items: text } },
              },
              responseSchema: argusAnswer,
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
          requiredSelectionSet: "{ value }", sourceArgs: { input: { value: ["{root.value}"], state: ["active", "latest"] } })
      }
      extend type Query { indicator(value: String!): Indicator indicators(values: [String!]!): [Indicator!]! }
    `,
  },
  new DefaultLogger(),
);

const gateway = createGatewayRuntime({
  supergraph,
  additionalResolvers: {
    Query: {
      indicator: (_root: unknown, { value }: { value: string }) => ({ value }),
      indicators: (_root: unknown, { values }: { values: string[] }) => values.map(value => ({ value })),
    },
  },
});
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
});
process.on('disconnect', () => process.exit(0));
