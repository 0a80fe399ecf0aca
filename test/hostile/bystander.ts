/** A thread of its own, whose waits are those of the gateway and not of who attacks it: another caller's small question. */
import { readFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

export interface BystanderTask {
  readonly url: string;
  readonly adminUrl: string;
  /** Of the gateway. */
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BystanderReport {
  /** The longest wait, without the time in which the machine let neither the gateway nor this thread run. */
  readonly longestMs: number;
  readonly asked: number;
  /** Why a question was not answered as it should be, each reason once. */
  readonly problems: readonly string[];
}

const everyMs = 10;
const everyLivezMs = 500;
const giveUpMs = 30_000;

const { url, adminUrl, pid, headers }: BystanderTask = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());

const statusOf = (open: (onResponse: (response: IncomingMessage) => void) => ReturnType<typeof request>, body = '') =>
  new Promise<number>((resolve, reject) => {
    const sent = open(response => response.resume().once('end', () => resolve(response.statusCode ?? 0)));
    sent.once('error', reject).setTimeout(giveUpMs, () => sent.destroy(new Error(`no answer in ${giveUpMs} ms`)));
    sent.end(body);
  });

const body = '{"query":"{ __typename }"}';
const postHeaders = { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) };
const question = () =>
  statusOf(take => request(`${url}/graphql`, { method: 'POST', agent, headers: postHeaders }, take), body);
const livez = () => statusOf(take => get(`${adminUrl}/livez`, take));

const problems = new Set<string>();
async function expectOk(what: string, send: () => Promise<number>): Promise<void> {
  try {
    const status = await send();
    if (status !== 200) problems.add(`${what}: ${status}`);
  } catch (problem) {
    problems.add(`${what}: ${problem instanceof Error ? problem.message : problem}`);
  }
}

/** Milliseconds that two threads were ready to run and others ran: the gateway's main thread, and this one. */
function queuedMs(): number {
  const threads = [`/proc/${pid}/schedstat`, '/proc/thread-self/schedstat'];
  try {
    return threads.reduce((sum, path) => sum + Number(readFileSync(path, 'utf8').split(' ')[1]) / 1e6, 0);
  } catch {
    return 0;
  }
}

let longestMs = 0;
let asked = 0;
async function askOn(): Promise<void> {
  while (!stop.signal.aborted || asked < 5) {
    const from = performance.now() - queuedMs();
    await expectOk("the bystander's question", question);
    longestMs = Math.max(longestMs, performance.now() - queuedMs() - from);
    asked += 1;
    if (problems.size > 0) return;
    await pause(everyMs);
  }
}
async function lookOn(): Promise<void> {
  do {
    await expectOk('/livez', livez);
    await pause(everyLivezMs, undefined, { signal: stop.signal }).catch(() => undefined);
  } while (!stop.signal.aborted && problems.size === 0);
}

await Promise.all([askOn(), lookOn()]);
agent.destroy();
parentPort?.postMessage({ longestMs, asked, problems: [...problems] } satisfies BystanderReport);
