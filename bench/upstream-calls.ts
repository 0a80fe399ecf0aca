/** How much is asked upstream for each operation: what the scarce limits of both sources are spent on. */
import { type Emulators, startEmulators } from '../src/emulators/emulators.ts';
import { createRandom } from '../src/emulators/random.ts';
import { createSeededDataSet } from '../src/emulators/seed.ts';
import type { Figures } from './figures.ts';
import type { BenchOptions } from './main.ts';
import { startGateway } from './processes.ts';

const query = `query ($value: String!) { indicator(value: $value) {
  value threatScore memberships { list { shortName } } verdict { level } } }`;
const latencyMs = 60;
const operationsAtOnce = 100;

const storm = (name: string): string[] =>
  Array.from({ length: operationsAtOnce }, (_, index) => `${name}-${index}.example.org`);

/** Ten storms of a mix in which the first of a thousand values is asked a thousand times as often as the last. */
function zipf(values: readonly string[], seed: number): string[][] {
  const random = createRandom(seed);
  let total = 0;
  const upTo = values.map((_, rank) => {
    total += 1 / (rank + 1);
    return total;
  });
  const draw = (): string => {
    const at = random.next() * total;
    return values[upTo.findIndex(end => at <= end)] as string;
  };
  return Array.from({ length: 10 }, () => Array.from({ length: operationsAtOnce }, draw));
}

export async function runUpstreamCalls({ only }: BenchOptions): Promise<Figures> {
  const dataSet = createSeededDataSet();
  const mix = [...dataSet.catalogue.both, ...dataSet.catalogue.neither].slice(0, 1000);
  const scenarios: readonly (readonly [name: string, storms: readonly (readonly string[])[]])[] = [
    ['distinct storm, cold process', [storm('first')]],
    ['distinct storm, process that has seen one', [storm('second')]],
    ['distinct storm, cached', [storm('second')]],
    ['identical storm, cold', [storm('same').map(() => 'same.example.org')]],
    ['identical storm, cached', [storm('same').map(() => 'same.example.org')]],
    ['Zipf mix of 1,000 values, cold', zipf(mix, 1)],
    ['Zipf mix of 1,000 values, warm', zipf(mix, 2)],
  ];
  const emulators = await startEmulators({ dataSet });
  const gateway = await startGateway(emulators);
  for (const { faults } of [emulators.datadog, emulators.argus]) faults.add({ kind: 'latency', ms: latencyMs });
  process.stdout.write(
    '| scenario | operations | Datadog calls | Argus searches | values each | calls per operation |\n',
  );
  process.stdout.write('| --- | ---: | ---: | ---: | ---: | ---: |\n');
  for (const [name, storms] of scenarios) {
    if (only !== undefined && !name.includes(only)) continue;
    process.stdout.write(`| ${name} | ${await measure(gateway.url, emulators, storms)} |\n`);
  }
  await gateway.stop();
  await emulators.close();
  return {}; // counts, which neither spread nor need comparing
}

async function measure(
  url: string,
  { datadog, argus }: Emulators,
  storms: readonly (readonly string[])[],
): Promise<string> {
  datadog.clearRequests();
  argus.clearRequests();
  for (const values of storms) await Promise.all(values.map(value => ask(url, value)));
  const searches = argus.requests.filter(({ path }) => path.endsWith('/search'));
  const operations = storms.flat().length;
  const carried = searches.reduce((sum, { values }) => sum + values.length, 0);
  const calls = datadog.lookups.length + searches.length;
  const each = searches.length === 0 ? '' : (carried / searches.length).toFixed(1);
  return [operations, datadog.lookups.length, searches.length, each, (calls / operations).toFixed(3)].join(' | ');
}

async function ask(url: string, value: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { value } }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors !== undefined) throw new Error(`${value}: ${JSON.stringify(errors)}`);
}
