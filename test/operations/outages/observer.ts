/** Automation that goes on asking a gateway, and whether what is to be seen of an outage has been seen. */
import { type Outage, whole } from './outage.ts';
import type { Subject } from './subject.ts';

type Sight = 'answer' | 'log' | 'metric' | 'readiness';

export interface Observer {
  /** From here on it counts. */
  begin(): void;
  /** What has not been seen yet. */
  unseen(): readonly Sight[];
  lastAnswer(): string;
  stop(): void;
}

/** Verdicts alone, which have no errors, of a name that is new each time. */
const verdict = '{ indicator(value: "@") { verdict { level missing } } }';
/** Now and then one that is known. */
const known = '{ indicator(value: "evil.example.org", maxAgeSeconds: 0) { verdict { level missing } } }';

const isLike = (wanted: unknown, found: unknown): boolean =>
  wanted instanceof RegExp ? wanted.test(String(found)) : wanted === found;

/** Sight → whether it is there. */
function sightsOf(
  subject: Subject,
  outage: Outage,
): Readonly<Record<Exclude<Sight, 'answer'>, () => Promise<boolean>>> {
  const get = async (path: string) => (await fetch(subject.adminUrl + path)).text();
  const { log = {}, metric = /^/, readiness = '' } = outage;
  const isWanted = (line: Readonly<Record<string, unknown>>) =>
    Object.entries(log).every(([member, wanted]) => isLike(wanted, line[member]));
  return {
    log: async () => subject.lines().some(isWanted),
    metric: async () => metric.test(await get('/metrics')),
    readiness: async () => (await get('/readyz')).includes(readiness),
  };
}

export function observe(subject: Subject, outage: Outage): Observer {
  const { asked = verdict, everyMs = 1_500 } = outage;
  const unseen = new Set<Sight>(['answer', 'log', 'metric', 'readiness']);
  const sights = Object.entries(sightsOf(subject, outage)) as [Sight, () => Promise<boolean>][];
  let [count, isBegun, lastAnswer] = [0, false, ''];

  async function ask(): Promise<void> {
    count += 1;
    const query = asked === verdict && count % 8 === 0 ? known : asked.replaceAll('@', `n${count}.example.org`);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${subject.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    if (!isBegun) return;
    lastAnswer = text.slice(0, 200);
    if (text.includes(outage.answer ?? whole)) unseen.delete('answer');
  }
  async function look(): Promise<void> {
    for (const emulator of [subject.emulators.datadog, subject.emulators.argus]) emulator.clearRequests();
    for (const [sight, isThere] of sights)
      if (isBegun && unseen.has(sight) && (await isThere().catch(() => false))) unseen.delete(sight);
  }
  const timers = [
    setInterval(() => void ask().catch(() => {}), everyMs),
    setInterval(() => void look().catch(() => {}), 2_000),
  ];
  return {
    begin() {
      isBegun = true;
    },
    unseen: () => [...unseen],
    lastAnswer: () => lastAnswer,
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
