/** The real gateway in front of the emulators, over real sockets. */

import type { Environment } from '../../src/config/variables.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { type RunningGateway, type StartOptions, startGateway } from '../../src/main.ts';
import type { Log } from '../../src/observability/log.ts';
import { silentLog } from './silent-log.ts';
import { twoSources } from './two-sources.ts';

/** How busy the machine is that runs the tests changes nothing. */
const noShortage = { read: () => undefined, close() {} };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  readonly errors: any[] | undefined;
  readonly extensions: Record<string, unknown> | undefined;
  readonly text: string;
}

export interface TestBed {
  readonly gateway: RunningGateway;
  readonly emulators: Emulators;
  readonly url: string;
  /** Every audit line so far. */
  readonly audit: readonly string[];
  /** POSTs one operation. */
  ask(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

export async function postQuery(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const { data, errors, extensions } = JSON.parse(text);
  return { status: response.status, headers: response.headers, data, errors, extensions, text };
}

/**
 * Asks three times: Apollo Server executes, then the operation cache, and the third response may be a cached one. What
 * a caller may see must not depend on which of them answers, so the texts must be equal.
 */
export async function askThrice(bed: TestBed, ...ask: Parameters<TestBed['ask']>): Promise<Answer> {
  const [first, second, third] = [await bed.ask(...ask), await bed.ask(...ask), await bed.ask(...ask)];
  const summary = ({ status, text }: Answer) => `${status} ${text}`;
  if (summary(second) !== summary(first) || summary(third) !== summary(first))
    throw new Error(`three answers differ:\n${[first, second, third].map(summary).join('\n')}`);
  return third;
}

/** Gateway and emulators of its own; `environment` over the defaults, undefined unsets. */
export async function startTestBed(
  environment: Environment = {},
  options: Parameters<typeof startEmulators>[0] = {},
  pages?: StartOptions['pages'],
  log: Log = silentLog,
  made: Pick<StartOptions, 'sources' | 'schema' | 'clock' | 'shortage'> = {},
): Promise<TestBed> {
  const audit: string[] = [];
  const emulators = await startEmulators(options);
  const gateway = await startGateway(
    {
      PORT: '0',
      ...emulators.environment,
      ...environment,
    },
    {
      sources: twoSources,
      shortage: noShortage,
      ...made,
      log,
      pages,
      auditTo: { write: line => void audit.push(line) },
    },
  );
  return {
    gateway,
    audit,
    emulators,
    url: gateway.url,
    ask: (query, variables, headers) => postQuery(gateway.url, query, variables, headers),
    async stop() {
      await gateway.stop();
      await emulators.close();
    },
  };
}
