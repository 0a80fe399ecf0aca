/** Callers of all kinds: single values and lists, of which a part is asked about for the first time. */
import { setTimeout as pause } from 'node:timers/promises';
import { post } from '../terminations/load.ts';
import type { World } from './world.ts';

interface Verdict {
  readonly value: string;
  /** Known to be malicious by one source alone. */
  readonly isBad: boolean;
  /** Nobody has asked about it before. */
  readonly isNew: boolean;
  readonly level: string;
  readonly missing: readonly string[];
}

export interface Answer {
  /** As of `Date.now()`. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** In words, where it is not an answer. */
  readonly failure?: string;
  readonly verdicts: readonly Verdict[];
}

export interface Load {
  readonly answers: readonly Answer[];
  /** Resolves when all that was asked is answered. */
  stop(): Promise<void>;
}

type Asked = Pick<Verdict, 'value' | 'isBad' | 'isNew'>;
type Judged = { readonly verdict: Pick<Verdict, 'level' | 'missing'> };

const query = `query ($values: [String!]!, $age: Int) {
  indicators(values: $values, maxAgeSeconds: $age) { verdict { level missing } } }`;

/** Each kind of value: unknown to all, known to Datadog alone, known to Argus alone, known to both and to the caches. */
function createValues({ datadog, argus }: World['emulators']['dataSet']) {
  let count = 0;
  const next = (letter: string) => `${letter}${++count}.example.org`;
  return {
    unknown: (): Asked => ({ value: next('n'), isBad: false, isNew: true }),
    ofDatadog(): Asked {
      const value = next('d');
      datadog.add(value, { attributes: { score: 95, malicious_sources: [{ name: 'SOURCE1' }] } });
      return { value, isBad: true, isNew: true };
    },
    ofArgus(): Asked {
      const value = next('a');
      argus.add({ value, list: 'botnet-c2', state: 'active' });
      return { value, isBad: true, isNew: true };
    },
    known: (): Asked => ({ value: 'evil.example.org', isBad: true, isNew: false }),
  };
}

export function startLoad({ url, emulators }: World): Load {
  const { unknown, ofDatadog, ofArgus, known } = createValues(emulators.dataSet);
  const list = () => [...Array.from({ length: 7 }, unknown), ofDatadog(), ofArgus(), known()];
  const answers: Answer[] = [];
  let underWay = 0;
  async function ask(asked: readonly Asked[], age: number | null = null): Promise<void> {
    underWay += 1;
    const sentAt = Date.now();
    const body = JSON.stringify({ query, variables: { values: asked.map(({ value }) => value), age } });
    const got = await post(url, body).catch(String);
    answers.push({ sentAt, receivedAt: Date.now(), ...read(got, asked) });
    underWay -= 1;
  }
  const timers = [
    setInterval(() => void ask([unknown()]), 700),
    setInterval(() => void ask([ofDatadog()]), 2_300),
    setInterval(() => void ask([ofArgus()]), 2_500),
    setInterval(() => void ask([known()]), 1_100),
    setInterval(() => void ask([known()], 0), 3_100),
    setInterval(() => void ask(list()), 1_700),
  ];
  return {
    answers,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      while (underWay > 0) await pause(50);
    },
  };
}

function read(got: string, asked: readonly Asked[]): Pick<Answer, 'failure' | 'verdicts'> {
  const failed = { failure: got.replace(/\s+/g, ' ').slice(0, 200), verdicts: [] };
  if (!got.startsWith('200 {')) return failed;
  const { data, errors } = JSON.parse(got.slice('200 '.length)) as {
    data: { indicators: readonly Judged[] } | null;
    errors?: unknown;
  };
  if (errors !== undefined || data?.indicators.length !== asked.length) return failed;
  return { verdicts: data.indicators.flatMap(({ verdict }, at) => ({ ...(asked[at] as Asked), ...verdict })) };
}
