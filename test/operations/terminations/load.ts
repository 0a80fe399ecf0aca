/** Callers who ask at a rate, whatever becomes of what they asked before: known values, and new ones of a slow source. */
import { request } from 'node:http';

/** What became of the questions of one kind. */
interface Tally {
  asked: number;
  /** What was not answered as it must be, in words. */
  readonly failures: string[];
  longestMs: number;
}

export interface Load {
  readonly warm: Tally;
  readonly cold: Tally;
  /** Resolves when all that was asked is answered. */
  stop(): Promise<void>;
}

const known = '{ indicator(value: "evil.example.org") { verdict { level missing } } }';
const knownAnswer = '"level":"MALICIOUS","missing":[]';
const newOne = (at: number) => `{ indicator(value: "n${at}-${process.pid}.example.org") { memberships { value } } }`;
const newAnswer = '{"data":{"indicator":{"memberships":[]}}}';

export function startLoad(url: string, rate: number, coldRate: number): Load {
  const underWay = new Set<Promise<void>>();
  const tally = (): Tally => ({ asked: 0, failures: [], longestMs: 0 });
  const [warm, cold] = [tally(), tally()];

  async function ask(into: Tally, query: string, expected: string): Promise<void> {
    const sentAt = performance.now();
    into.asked += 1;
    const got = await post(url, JSON.stringify({ query })).catch(problem => String(problem));
    into.longestMs = Math.max(into.longestMs, performance.now() - sentAt);
    if (!got.includes(expected)) into.failures.push(got.replace(/\s+/g, ' ').slice(0, 300));
  }
  const keep = (answer: Promise<void>) => {
    underWay.add(answer);
    void answer.finally(() => underWay.delete(answer));
  };
  const timers = [
    atRate(rate - coldRate, () => keep(ask(warm, known, knownAnswer))),
    atRate(coldRate, () => keep(ask(cold, newOne(cold.asked), newAnswer))),
  ];
  return {
    warm,
    cold,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

/** As many as are due, also where the timer was late. */
function atRate(perSecond: number, act: () => void): NodeJS.Timeout {
  const began = performance.now();
  let done = 0;
  return setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond;
    for (; done < due; done += 1) act();
  }, 5);
}

/** Status and body. Each over a connection of its own: nginx ends those of clients as well, when they are idle. */
export function post(url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/graphql`, { method: 'POST', agent: false, headers }, answer => {
      let text = '';
      answer.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      answer.on('end', () => resolve(`${answer.statusCode} ${text}`)).on('error', reject);
    });
    sent.on('error', reject).end(body);
  });
}
