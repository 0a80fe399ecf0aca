/** A real Prometheus with the shipped alerts, in which time passes so many times as fast. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readChartYaml } from '../packaging/chart.ts';
import { requireCommand } from '../setup/command.ts';
import { freePort } from '../setup/process.ts';
import { until } from '../setup/redis.ts';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10m` → `20000ms` at a factor of 30, wherever it stands alone or in brackets. */
const shortened = (text: string, factor: number): string =>
  text.replace(/(?<=^|\[)(\d+)([smhd])(?=$|\])/g, (_, count: string, unit: string) => {
    const milliseconds = (Number(count) * (units[unit] ?? 0)) / factor;
    return `${Math.max(1_000, Math.round(milliseconds))}ms`;
  });

function shortenAll(value: unknown, factor: number): unknown {
  if (typeof value === 'string') return shortened(value, factor);
  if (Array.isArray(value)) return value.map(one => shortenAll(one, factor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortenAll(one, factor)]));
}

/** Job → the addresses (`127.0.0.1:4000`) of its replicas. */
export type Targets = Readonly<Record<string, readonly string[]>>;

export interface Prometheus {
  /** The names of the alerts that have fired for a job since the start. */
  fired(job: string): ReadonlySet<string>;
  /** GET of its API: `/api/v1/query?query=up`. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startPrometheus(targets: Targets, factor = 30): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  writeFileSync(join(folder, 'alerts.yml'), stringify(shortenAll(readChartYaml('files/alerts.yaml'), factor)));
  const scrape = Object.entries(targets).map(([job, addresses]) => ({
    job_name: job,
    static_configs: [{ targets: addresses, labels: { namespace: 'soc' } }],
  }));
  const global = { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' };
  writeFileSync(
    join(folder, 'prometheus.yml'),
    stringify({ global, rule_files: ['alerts.yml'], scrape_configs: scrape }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    requireCommand('prometheus'),
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const get = async (path: string) => (await fetch(`http://${address}${path}`)).json();
  await until(
    () =>
      fetch(`http://${address}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    'Prometheus is ready',
    60_000,
  );
  const fired = new Map<string, Set<string>>();
  const look = async (): Promise<void> => {
    const { data } = (await get('/api/v1/alerts')) as {
      data: { alerts: readonly { state: string; labels: { alertname: string; job?: string } }[] };
    };
    for (const { state, labels } of data.alerts) {
      if (state !== 'firing') continue;
      const names = fired.get(labels.job ?? '') ?? new Set();
      fired.set(labels.job ?? '', names.add(labels.alertname));
    }
  };
  const timer = setInterval(() => void look().catch(() => {}), 500);
  return {
    fired: job => fired.get(job) ?? new Set(),
    get,
    async stop() {
      clearInterval(timer);
      await ended(child);
      rmSync(folder, { recursive: true });
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
