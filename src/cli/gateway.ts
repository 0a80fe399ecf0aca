import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { z } from 'zod';
import {
  envelope,
  extractData,
  extractQuery,
  extractVariables,
  lookupData,
  lookupQuery,
  sourcesData,
  sourcesQuery,
} from './wire.ts';

/** The gateway gave no usable answer. The message is for the user. */
export class GatewayError extends Error {
  /** The gateway's own code, where it refused. */
  readonly code: string | undefined;
  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

export interface GatewayOptions {
  readonly url: URL;
  readonly token: string | undefined;
  readonly live: boolean;
  /** Called before each wait that the gateway asks for, because of its rate limit or its load. */
  readonly onWait: (seconds: number) => void;
}

/** Longer than any deadline that can be configured in the gateway. */
const timeoutMs = 30_000;
const maxWaits = 5;
const maxWaitSeconds = 120;

/** The client's methods reject with GatewayError. */
export function createGatewayClient(options: GatewayOptions) {
  const maxAgeSeconds = options.live ? 0 : undefined;
  return {
    /** The canonical values in each of the texts, of which there may be `maxTexts`. */
    extract: async (texts: readonly string[]): Promise<readonly (readonly string[])[]> => {
      const data = await runQuery(options, extractQuery, extractVariables(texts), extractData);
      return texts.map((_, at) => (data[`text${at}`] ?? []).map(({ value }) => value));
    },
    /** Names of the gateway's sources, in its order. */
    sources: async () => (await runQuery(options, sourcesQuery, {}, sourcesData)).sources.map(({ source }) => source),
    /** Results in the order of the values. */
    lookup: async (values: readonly string[]) =>
      (await runQuery(options, lookupQuery, { values, maxAgeSeconds }, lookupData)).lookup,
  };
}

async function runQuery<T>(options: GatewayOptions, query: string, variables: object, shape: z.ZodType<T>): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    const { data, errors = [] } = await post(options, JSON.stringify({ query, variables }));
    const [refusal] = errors.filter(({ path }) => path?.at(-1) !== 'covering');
    if (refusal === undefined) {
      const parsed = shape.safeParse(data);
      if (parsed.success) return parsed.data;
      throw new GatewayError(
        'The gateway answered in a shape that this program does not know: are both of one version?',
      );
    }
    const { message, extensions } = refusal;
    const seconds = extensions?.retryAfterSeconds ?? 5;
    const mayPass = extensions?.code === 'RATE_LIMITED' || extensions?.code === 'OVERLOADED';
    const mayWait = mayPass && waits < maxWaits && seconds <= maxWaitSeconds;
    if (!mayWait) throw new GatewayError(`The gateway refused: ${message}`, extensions?.code);
    options.onWait(seconds);
    await sleep(seconds * 1000);
  }
}

async function post({ url, token }: GatewayOptions, body: string): Promise<z.infer<typeof envelope>> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const { statusCode, text } = await request(url, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(timeoutMs),
  })
    .then(async response => ({ statusCode: response.statusCode, text: await response.body.text() }))
    .catch((error: unknown) => {
      throw new GatewayError(
        `No gateway answers at ${url.origin}${url.pathname}${reasonOf(error)}. Is it running? "npm run demo" starts one.`,
      );
    });
  if (statusCode === 401) throw new GatewayError('The gateway wants a key, or another one: set GATEWAY_TOKEN.');
  const parsed = envelope.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new GatewayError(`What answers at ${url.origin}${url.pathname} (HTTP ${statusCode}) is no GraphQL gateway.`);
}

const reasonOf = (error: unknown) => (error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
