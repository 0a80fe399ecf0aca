/**
 * What `helm/values.schema.json` says of the sources, of `config` and of `externalSecret.data`. The rest of it is written
 * by hand.
 */
import { gatewayGroups, sourceGroups } from '../../../src/config/config.ts';
import type { SourceDefinition, Sources } from '../../../src/sources/source.ts';
import { chartValues, secretKeys, valueKey } from './chart-sources.ts';
import { type Variable, variablesIn } from './variables.ts';

interface Schema {
  readonly [keyword: string]: unknown;
  /** What has a default: the templates count on it, so that `null` in its place is refused by its name. */
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** By this a source's part is known again, to be written anew. */
const $comment = 'Written by `npm run codegen`.';

/** The text of the schema, with these sources in place of those that it had. */
export function valuesSchema(text: string, sources: Sources): string {
  const schema: Schema = JSON.parse(text);
  const all = Object.values(sources);
  const byHand = Object.entries(schema.properties ?? {}).filter(([, one]) => one.$comment !== $comment);
  const { config, externalSecret, ...others } = Object.fromEntries(byHand);
  const properties = {
    ...Object.fromEntries(all.map(source => [valueKey(source), { $comment, ...sourceSchema(source) }])),
    ...others,
    externalSecret: {
      ...externalSecret,
      properties: { ...externalSecret?.properties, data: object(remoteSecrets(all)) },
    },
    config: { ...config, properties: configSchemas(all) },
  };
  const required = [
    ...all.map(valueKey),
    ...(schema.required ?? []).filter(name => byHand.some(([own]) => own === name)),
  ];
  return `${JSON.stringify({ ...schema, required, properties }, null, 2)}\n`;
}

const object = (properties: Record<string, unknown>) => ({ type: 'object', additionalProperties: false, properties });
const matching = (pattern: string) => ({ type: 'string', pattern, maxLength: 253 });

const secretName = matching('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$');

function sourceSchema(source: SourceDefinition) {
  // An entry that has a name by itself may have another, but not none.
  const entries = secretKeys(source).flat();
  const keys = entries.map(({ key, entry }) => [key, matching(`^[-._a-zA-Z0-9]${entry === '' ? '*' : '+'}$`)]);
  const required = entries.filter(({ entry }) => entry !== '').map(({ key }) => key);
  const values = [...chartValues(source)].map(([key, variable]) => [key, schemaOf(variable)]);
  const properties = {
    existingSecret: secretName,
    secretKeys: { ...object(Object.fromEntries(keys)), required },
    ...Object.fromEntries(values),
  };
  return { ...object(properties), required: ['secretKeys', ...values.map(([key]) => key)] };
}

/** What a variable may be set to in the chart. Values are no secrets, so that no address may hold a password. */
function schemaOf({ rule }: Variable): object {
  const { format, ...others } = rule;
  if (typeof rule.pattern === 'string') return { ...others, pattern: `${rule.pattern}|^$` };
  if (format === 'uri') return { type: 'string', pattern: '^(https?://[^@\\s]+)?$' };
  // YAML reads a bare `on` as true.
  return String(rule.enum) === 'on,off' ? { enum: ['on', 'off', true, false] } : rule;
}

function remoteSecrets(sources: readonly SourceDefinition[]) {
  const secrets = groupsOf(sources)
    .flatMap(variablesIn)
    .filter(({ isSecret }) => isSecret);
  return Object.fromEntries(secrets.map(({ name }) => [name, { $ref: '#/$defs/remoteSecret' }]));
}

const groupsOf = (sources: readonly SourceDefinition[]) => [...sources.flatMap(sourceGroups), ...gatewayGroups];

/** Other values of the chart say these. */
const setElsewhere =
  /^(HOST|PORT|ADMIN_PORT|AUTH|JWT_ISSUER|JWT_AUDIENCE|JWKS_URL|JWT_ALGORITHMS|JWT_SCOPE_CLAIM|TRUSTED_DOCUMENTS|EGRESS_POLICY)$/;

/** Read by Node and by OpenTelemetry. Headers may hold secrets, which do not belong into a ConfigMap. */
const readByOthers = {
  NODE_OPTIONS: { type: 'string' },
  OTEL_EXPORTER_OTLP_HEADERS: false,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: false,
};

function configSchemas(sources: readonly SourceDefinition[]) {
  const variables = groupsOf(sources)
    .flatMap(variablesIn)
    .filter(({ name, isSecret, chartValue }) => !isSecret && chartValue === undefined && !setElsewhere.test(name));
  const ours = variables.map(one => [one.name, { description: one.description, ...schemaOf(one) }]);
  return { ...Object.fromEntries(ours), ...readByOthers };
}
