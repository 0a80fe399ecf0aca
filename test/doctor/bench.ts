/** The program as its users start it, in front of the emulators. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { argusDefaults } from '../../src/emulators/argus-behaviours.ts';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import { datadogDefaults } from '../../src/emulators/datadog-behaviours.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';

/** One line of its output. */
interface Line {
  readonly source: string;
  readonly check: string;
  readonly outcome: string;
  readonly text: string;
}

export interface DoctorRun {
  readonly code: number | null;
  /** Both streams. */
  readonly output: string;
  readonly lines: readonly Line[];
  /** "Datadog list" of each line with this outcome. */
  named(outcome: string): readonly string[];
}

const program = fileURLToPath(new URL('../../src/doctor/main.ts', import.meta.url));

/** `environment` beside that of the emulators; undefined unsets. */
export function runDoctor(
  emulators: Emulators,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<DoctorRun> {
  const env = { PATH: process.env.PATH, ...emulators.environment, ...environment };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      output += text;
    });
  return new Promise(resolve => child.once('close', code => resolve(runOf(code, output))));
}

function runOf(code: number | null, output: string): DoctorRun {
  let source = '';
  const lines = output.split('\n').flatMap((text): Line[] => {
    source = /^(\w+), \d+ calls$/.exec(text)?.[1] ?? source;
    const [, outcome, check, rest] = /^ {2}(ok|differs|not asked) +(\w+) +(.+)$/.exec(text) ?? [];
    return outcome && check && rest ? [{ source, check, outcome, text: rest }] : [];
  });
  const named = (wanted: string) =>
    lines.filter(({ outcome }) => outcome === wanted).map(line => `${line.source} ${line.check}`);
  return { code, output, lines, named };
}

/** So much of everything that every question can be asked. */
function createDoctorsDataSet(): DataSet {
  const dataSet = createDataSet({ now: Date.now() });
  const { datadog, argus } = dataSet;
  const accusation = { score: 92.5, malicious_sources: [{ name: 'abuse.ch' }], categories: ['malware'] };
  const reviewed = [1, 2, 3].map(day => ({
    triage_state: 'reviewed',
    triaged_at: `2026-06-0${day}T18:55:42.108938Z`,
    triaged_by: '00000000-0000-4000-8000-000000000001',
  }));
  datadog.add('www.reviewed.example.org', { attributes: { ...accusation, as_number: '64496' }, history: reviewed });
  datadog.add('evil.example.org', { attributes: { ...accusation, score: 50 }, history: reviewed });
  datadog.add('ocsf.example.org', { attributes: accusation, message: null });
  datadog.add('message.example.org', { attributes: accusation, ocsf: null });
  argus.addList({ shortName: 'botnet', confidence: 0.9 });
  argus.addList({ shortName: 'secret', confidence: 0.9 });
  argus.addDescriptor({ shortName: 'comment' });
  argus.addType('sha256');
  argus.add({ value: '192.0.2.1', list: 'secret' });
  argus.add({ value: 'gone.example.org', list: 'botnet', deleted: Date.now() });
  const functions = ['viewReputationIndicators', 'viewReputationIndicatorTypes'];
  argus.keys.set('demo/key/full', { functions, lists: ['botnet'], descriptors: 'all' });
  for (const value of ['evil.example.org', 'listed.example.net', '192.0.2.1', '198.51.100.0/28', 'ax.example.net'])
    argus.add({ value, list: 'botnet' });
  argus.add({ value: '203.0.113.7', list: 'botnet', type: 'domain' });
  for (let index = 0; index < 60; index++) argus.add({ value: `n${index}.example.com`, list: 'botnet' });
  return dataSet;
}

export const startSmallWorld = (): Promise<Emulators> => startEmulators({ dataSet: createDoctorsDataSet() });

export interface Readings {
  readonly datadog?: Partial<typeof datadogDefaults>;
  readonly argus?: Partial<typeof argusDefaults>;
}

export function behave({ datadog, argus }: Emulators, readings: Readings): void {
  Object.assign(datadog.behaviours, datadogDefaults, readings.datadog);
  Object.assign(argus.behaviours, argusDefaults, readings.argus);
}
