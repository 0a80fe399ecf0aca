/** What the gateway asks upstream, asked without it: both sources at once, the slower one counts. */
import { Pool } from 'undici';
import type { Emulators } from '../src/emulators/emulators.ts';
import type { RecordedRequest } from '../src/emulators/recorded-request.ts';

/** Median milliseconds, at one connection to each, kept alive. */
export type Direct = (seconds: number) => Promise<number>;

/** Repeats what both emulators have been asked last, pair by pair. */
export function repeatDirectly({ datadog, argus }: Emulators): Direct {
  const lookups = [...datadog.lookups];
  const searches = argus.requests.filter(({ path }) => path.endsWith('/search'));
  const pairs = Math.min(lookups.length, searches.length);
  let next = 0;
  return async seconds => {
    const pools = [datadog, argus].map(({ url }) => new Pool(url, { connections: 1 }));
    const took: number[] = [];
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      const at = performance.now();
      const pair = [lookups[next % pairs], searches[next % pairs]];
      await Promise.all(pools.map((pool, index) => repeat(pool, pair[index])));
      took.push(performance.now() - at);
      next += 1;
    }
    await Promise.all(pools.map(pool => pool.close()));
    return took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)] ?? Number.NaN;
  };
}

async function repeat(pool: Pool, request: RecordedRequest | undefined): Promise<void> {
  if (request === undefined) throw new Error('Nothing was asked upstream, so nothing can be repeated.');
  const { method, path, query, bodyText } = request;
  const { host, connection, 'content-length': length, ...headers } = request.headers;
  const answer = await pool.request({
    method: method === 'POST' ? 'POST' : 'GET',
    path: `${path}?${query}`,
    headers,
    ...(bodyText !== '' && { body: bodyText }),
  });
  await answer.body.arrayBuffer();
  if (answer.statusCode !== 200) throw new Error(`The answer's status is ${answer.statusCode}.`);
}
