/** The description of the REST addresses, made of the shapes that their handlers read and answer with. */
import { z } from 'zod';
import manifest from '../../../package.json' with { type: 'json' };
import type { AuthConfig } from '../../auth/auth-config.ts';
import type { Door } from '../doors/door.ts';
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
    `Each indicator once, in order of first appearance; behind them what looks like one and is none. At most ${maxValues} in one text.`,
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
      '4XX': { $ref: '#/components/responses/Refused' },
      '5XX': { $ref: '#/components/responses/Failed' },
    },
  };
}

const problem = (description: string) => ({
  description,
  headers: {
    'Retry-After': { description: 'Seconds; the same request may be sent again then.', schema: { type: 'integer' } },
  },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const responses = {
  Refused: problem('Something is wrong: `detail` says what would be right. 429: the caller has no points left.'),
  Failed: problem('503: the gateway has no room now. 504: the answer took too long, ask for less.'),
};
