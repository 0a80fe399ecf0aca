/**
 * What an operation costs its caller, measured from outside: a caller who has one point a minute is told how long to wait for
 * the next one. It sees whatever is taken, before or after the answer.
 */
import type { Emulators } from '../../src/emulators/emulators.ts';
import type { GatewayProcess } from '../setup/process.ts';
import { startHostileGateway } from './machine.ts';
import { type Heard, post, postOnce } from './ways.ts';

const secondsAPoint = 60;
const onePoint = JSON.stringify({ query: '{ indicator(value: "till.example.org") { type } }' });

/** Callers are addresses here: each operation has a new one. */
export async function startTill(emulators: Emulators): Promise<GatewayProcess> {
  const gateway = await startHostileGateway(emulators, {
    AUTH: 'none',
    API_KEYS: '',
    TRUST_PROXY: '127.0.0.1',
    RATE_LIMIT_INDICATORS_PER_MINUTE: '1',
  });
  await warmUp(gateway);
  return gateway;
}

/** The first operations of a process take longer than all others: small ones, half of which have a text of their own, and lists. */
export async function warmUp(
  { url }: GatewayProcess,
  callerOf: () => Readonly<Record<string, string>> = newCaller,
): Promise<void> {
  const bodies = Array.from({ length: 400 }, (_, index) =>
    JSON.stringify({
      query: `query ${index % 2 === 0 ? 'Warm' : `Warm${index}`} { __typename sources { source state } }`,
    }),
  );
  await post({ url, headers: callerOf(), bodies, atOnce: 4 });
  for (const body of lists) await post({ url, headers: callerOf(), bodies: [body], atOnce: 1 });
}

/** An ordinary morning: names of all scripts, all that is known of them, and a text. */
const lists = Array.from({ length: 12 }, (_, index) => {
  const values = Array.from({ length: 60 }, (_, at) => `${at % 3 === 0 ? 'bücher-ß' : 'books'}-${index}-${at}.example`);
  return JSON.stringify({
    query: `query ($v: [String!]!, $t: String!) {
      lookup(values: $v) { input problem indicator { value verdict { level summary } threatScore memberships { id list { name } properties(names: ["comment"]) { value } } covering { id } sources { status } } }
      extract(text: $t) { start length problem indicator { value } }
    }`,
    variables: { v: values, t: `The report names hxxp://x[.]example/a.exe and ::1, 192.0.2.${index}. `.repeat(40) },
  });
});

let callers = 0;
/** The headers of a caller who has not asked yet. */
export function newCaller(): Readonly<Record<string, string>> {
  callers += 1;
  return { 'x-forwarded-for': `10.${(callers >> 16) & 255}.${(callers >> 8) & 255}.${callers & 255}` };
}

/** The points that this caller has paid. `since`: when it began, by `performance.now()`. */
export async function pointsOf(url: string, caller: Readonly<Record<string, string>>, since: number): Promise<number> {
  const { status, body } = await postOnce(url, onePoint, caller);
  if (status === 200) return 0;
  const seconds = /come back in (\d+) s/.exec(body?.errors?.[0]?.message ?? '')?.[1];
  if (seconds === undefined) throw new Error(`the till answered ${status}`);
  return Math.round((Number(seconds) + (performance.now() - since) / 1000) / secondsAPoint);
}

/** One operation of a new caller, and the points that it has paid. */
export async function priced(
  url: string,
  body: string,
  path?: string,
): Promise<{ readonly heard: Heard; readonly points: number }> {
  const caller = newCaller();
  const since = performance.now();
  const heard = await postOnce(url, body, caller, undefined, path);
  return { heard, points: await pointsOf(url, caller, since) };
}
