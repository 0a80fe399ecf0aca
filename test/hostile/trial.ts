/** One attack beside another caller's small questions, and beside harmless load of the same size before: what is wrong. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Emulators } from '../../src/emulators/emulators.ts';
import { as } from '../setup/callers.ts';
import type { GatewayProcess } from '../setup/process.ts';
import type { Attack } from './attack.ts';
import type { BystanderReport, BystanderTask } from './bystander.ts';
import { attackers, bystander, forgetPeak, memoryLimit, peakMemory, startHostileGateway } from './machine.ts';
import { priced, startTill, warmUp } from './price.ts';
import { type Heard, longestAnswer, post } from './ways.ts';

/** A bystander may always wait so long. */
const alwaysAllowedMs = 250;
/** And so many times as long as beside harmless load. */
const timesAllowed = 5;
const tries = 3;

interface Outcome {
  /** Empty: the attack achieved nothing. */
  readonly problems: readonly string[];
  readonly waitedMs: number;
  readonly harmlessMs: number;
  readonly peakBytes: number;
  /** Code or `whole` → number of responses. */
  readonly told: ReadonlyMap<string, number>;
}

export interface Arena {
  attack(attack: Attack): Promise<Outcome>;
  close(): Promise<void>;
}

/** The gateway is started anew after an attack that achieved more than a wait. */
export function openArena(emulators: Emulators): Arena {
  let gateway: Promise<GatewayProcess> | undefined;
  let till: Promise<GatewayProcess> | undefined;
  let tried = 0;

  async function tryOnce(attack: Attack): Promise<Outcome> {
    gateway ??= startWarm(emulators);
    const attacker = attackers[tried++ % attackers.length] ?? '';
    const outcome = await tryAttack(attack, { gateway: await gateway, emulators, attacker });
    if (outcome.problems.length === 0 || isOnlySlow(outcome)) return outcome;
    await (await gateway).stop();
    gateway = undefined;
    return outcome;
  }

  async function priceProblems(attack: Attack): Promise<readonly string[]> {
    if (attack.points === undefined) return [];
    till ??= startTill(emulators);
    attack.prepare?.(emulators);
    const { heard, points } = await priced((await till).url, attack.body(0), attack.path).finally(() =>
      calm(emulators),
    );
    if (!isWhole(heard) || points >= attack.points) return [];
    return [`it paid ${points} points, at least ${attack.points} were due`];
  }

  return {
    async attack(attack) {
      let outcome = await tryOnce(attack);
      for (let more = 1; more < tries && isOnlySlow(outcome); more += 1) outcome = await tryOnce(attack);
      const problems = [...outcome.problems, ...(outcome.problems.length > 0 ? [] : await priceProblems(attack))];
      return { ...outcome, problems };
    },
    async close() {
      for (const process of [gateway, till]) await (await process)?.stop();
    },
  };
}

/** Its first questions take longer than all others. */
async function startWarm(emulators: Emulators): Promise<GatewayProcess> {
  const gateway = await startHostileGateway(emulators);
  await warmUp(gateway, () => as(bystander));
  return gateway;
}

const slow = 'the bystander waited';
const late = /^it was told (UPSTREAM_TIMEOUT|DEADLINE_EXCEEDED)/;
/** A busy machine may be slow, upstreams included; all else is no accident. */
const isOnlySlow = ({ problems }: Outcome): boolean =>
  problems.length > 0 && problems.every(problem => problem.startsWith(slow) || late.test(problem));

interface Trial {
  readonly gateway: GatewayProcess;
  readonly emulators: Emulators;
  readonly attacker: string;
}

async function tryAttack(attack: Attack, { gateway, emulators, attacker }: Trial): Promise<Outcome> {
  const { times, atOnce, way = post, path, prepare, calls } = attack;
  const bodies = Array.from({ length: times }, (_, index) => attack.body(index));
  const harmless = bodies.map(({ length }) => padded(length));
  const { url } = gateway;
  const calmly = await watched(gateway, () => post({ url, atOnce, bodies: harmless, headers: as(attacker) }));
  forgetPeak(gateway);
  const bugsBefore = bugsIn(gateway);
  for (const upstream of [emulators.datadog, emulators.argus]) upstream.clearRequests();
  prepare?.(emulators);
  const headers = { ...as(attacker), ...attack.headers };
  const attacked = await watched(gateway, () => way({ url, bodies, atOnce, headers, path })).finally(() =>
    calm(emulators),
  );
  const allowedMs = Math.max(alwaysAllowedMs, timesAllowed * calmly.report.longestMs);
  const waitedMs = attacked.report.longestMs;
  const peakBytes = peakMemory(gateway);
  const isDead = !Number.isFinite(peakBytes);
  const asked = emulators.datadog.requests.length + emulators.argus.requests.length;
  const problems = [
    ...(isDead ? ['the process has ended'] : []),
    ...(!isDead && peakBytes > memoryLimit ? [`it took ${megabytes(peakBytes)} of memory`] : []),
    ...attacked.report.problems,
    ...(bugsIn(gateway) > bugsBefore ? ['the log tells of a bug'] : []),
    ...(calls !== undefined && asked > calls * times
      ? [`${asked} upstream calls, at most ${calls * times} expected`]
      : []),
    ...new Set(attacked.heard.flatMap(heard => problemsOf(heard, attack))),
    ...(waitedMs > allowedMs ? [`${slow} ${Math.round(waitedMs)} ms, ${Math.round(allowedMs)} are allowed`] : []),
  ];
  return { problems, waitedMs, harmlessMs: calmly.report.longestMs, peakBytes, told: toldIn(attacked.heard) };
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

function padded(length: number): string {
  const empty = JSON.stringify({ query: '{ __typename }', variables: { pad: '' } });
  return JSON.stringify({
    query: '{ __typename }',
    variables: { pad: 'x'.repeat(Math.max(0, length - empty.length)) },
  });
}

function calm({ datadog, argus }: Emulators): void {
  for (const upstream of [datadog, argus]) upstream.faults.clear();
}

/** How long somebody else waits meanwhile. */
async function watched(
  { url, adminUrl, child }: GatewayProcess,
  load: () => Promise<readonly Heard[]>,
): Promise<{ readonly heard: readonly Heard[]; readonly report: BystanderReport }> {
  const task: BystanderTask = { url, adminUrl, pid: child.pid ?? 0, headers: as(bystander) };
  const worker = new Worker(new URL('bystander.ts', import.meta.url), { workerData: task });
  const report = once(worker, 'message');
  await once(worker, 'online');
  const heard = await load();
  worker.postMessage('stop');
  const [told] = await report;
  await worker.terminate();
  return { heard, report: told };
}

const bugsIn = (gateway: GatewayProcess): number => gateway.output().split('A bug').length - 1;

const refusals = ['RATE_LIMITED', 'OVERLOADED'];

function codesOf({ body }: Heard): readonly (string | undefined)[] {
  return body?.errors?.map(({ extensions }) => extensions?.code) ?? [];
}

const isWhole = ({ status, body }: Heard): boolean =>
  status === 200 && body?.data !== undefined && body.data !== null && body.errors === undefined;

function toldIn(heard: readonly Heard[]): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const one of heard) {
    const name = isWhole(one) ? 'whole' : [...new Set(codesOf(one))].join('+') || `status ${one.status}`;
    told.set(name, (told.get(name) ?? 0) + 1);
  }
  return told;
}

function problemsOf(heard: Heard, { told, isRight = () => true }: Attack): readonly string[] {
  const { status, bytes, body } = heard;
  if (bytes > longestAnswer) return ['an answer is longer than 16 MiB'];
  if (body === undefined) return [`no answer of GraphQL: status ${status}`];
  if (isWhole(heard)) {
    if (!told.includes(null)) return [`it was answered, and should hear ${told.join(' or ')}`];
    return isRight(body.data) ? [] : ['its answer is not right'];
  }
  const wrong = codesOf(heard).filter(code => !refusals.includes(code ?? '') && !told.some(one => one === code));
  return wrong.length === 0
    ? []
    : [`it was told ${wrong[0]}, and should hear ${told.map(one => one ?? 'the answer').join(' or ')}`];
}
