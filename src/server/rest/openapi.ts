/** The description of the REST addresses, made of the shapes that their handlers read and answer with. */
import { z } from 'zod';
import manifest from '../../../package.json' with { type: 'json' };
import type { AuthConfig } from '../../auth/auth-config.ts';
import type { Door } from './door.ts';
import { problemDetails } from './problem.ts';

export interface DescribedGateway {
  readonly authConfig: Pick<AuthConfig, 'method' | 'keyHeaders'>;
  readonly basePath: string;
  readonly gateway: { readonly maxValues: number };
}

type Doors = Readonly<Record<'lookup' | 'extract', Door>>;

/** OpenAPI 3.1. */
export function openApiText({ lookup, extract }: Doors, { authConfig, basePath, gateway }: DescribedGateway): string {
  const { maxValues } = gateway;
  const securitySchemes = schemesOf(authConfig);
  const lookUp = ['What is known about indicators', `In the order asked. At most ${maxValues} values.`] as const;
  const find = [
    'What is known about every indicator in a text',
    `Each indicator once, in order of first appearance. At most ${maxValues} in one text.`,
  ] as const;
  return JSON.stringify({
    openapi: '3.1.0',
    info: {
      title: 'Indicator Gateway',
      version: manifest.version,
      description: `${manifest.description}. An indicator that nobody accuses is not proof of harmless.`,
      license: { name: manifest.license, identifier: manifest.license },
    },
    servers: [{ url: basePath || '/' }],
    security: [Object.fromEntries(Object.keys(securitySchemes).map(name => [name, []]))],
    paths: {
      '/v1/lookup': { post: describe('lookup', lookup, lookUp) },
      '/v1/extract': { post: describe('extract', extract, find) },
    },
    components: {
      ...{ securitySchemes, responses },
      schemas: { Results: z.toJSONSchema(lookup.answer), Problem: z.toJSONSchema(problemDetails) },
    },
  });
}

/** What every request carries: who asks, and the keys of callers who bring their own. */
function schemesOf({ method, keyHeaders }: DescribedGateway['authConfig']) {
  const keys = Object.values(keyHeaders).flat().sort();
  return {
    ...(method.mode !== 'none' && { bearer: { type: 'http', scheme: 'bearer' } }),
    ...Object.fromEntries(keys.map(name => [name, { type: 'apiKey', in: 'header', name }])),
  };
}

function describe(operationId: string, { given }: Door, [summary, description]: readonly [string, string]) {
  const json = (schema: object) => ({ 'application/json': { schema } });
  return {
    ...{ operationId, summary, description },
    requestBody: { required: true, content: json(z.toJSONSchema(given, { io: 'input' })) },
    responses: {
      200: { description: 'One result for each.', content: json({ $ref: '#/components/schemas/Results' }) },
      ...Object.fromEntries(
        Object.keys(responses).map(name => [name.slice(-3), { $ref: `#/components/responses/${name}` }]),
      ),
    },
  };
}

const problem = (description: string, headers: Readonly<Record<string, string>> = {}) => ({
  description,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, about]) => [name, { description: about, schema: { type: 'string' } }]),
  ),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const retryAfter = { 'Retry-After': 'Seconds after which the same request may be sent again.' };

/** By their names, which end with their status. */
const responses = {
  Wrong400: problem('Something is wrong with the request: `detail` says what would be right.'),
  Unknown401: problem('The caller is not known.', { 'WWW-Authenticate': 'How to say who asks.' }),
  TooLarge413: problem('The body is larger than 1 MiB.'),
  WrongType415: problem('The body is not `application/json`, or is compressed.'),
  TooMany429: problem('The caller has no points left.', retryAfter),
  Failed500: problem('A fault of the gateway.'),
  NoRoom503: problem('The gateway has no room now.', retryAfter),
  TooLate504: problem('The deadline passed before the answer was made: ask for less.'),
};
