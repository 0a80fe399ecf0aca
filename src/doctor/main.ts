/** `npm run doctor`: whether the sources are as the gateway assumes. Reading only; docs/decisions/unproven.md. */
import { type Config, readConfig } from '../config/config.ts';
import type { Environment } from '../config/variables.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import { explainFailedStart } from '../process.ts';
import { keyHeaders as argusHeaders } from '../sources/argus/config.ts';
import { keyHeaders as datadogHeaders } from '../sources/datadog/config.ts';
import { sources } from '../sources/index.ts';
import type { SourceDefinition } from '../sources/source.ts';
import { argusExamination } from './argus/index.ts';
import { openAsking } from './ask.ts';
import type { CheckResult } from './check.ts';
import { datadogExamination } from './datadog/index.ts';
import { type Examination, examine } from './examination.ts';
import { command, readOptions, usage } from './options.ts';

const exitCodes = { asAssumed: 0, differs: 1, nothingAsked: 2 } as const;

type RegisteredConfig = Config<typeof sources>;

async function main(args: readonly string[], environment: Environment): Promise<number> {
  const options = readOptions(args);
  if ('problem' in options) return fail(`${options.problem}\n\nTry "${command} --help".`);
  if ('help' in options) {
    process.stdout.write(usage);
    return exitCodes.asAssumed;
  }
  let config: RegisteredConfig;
  try {
    config = readConfig(environment, sources);
  } catch (problem) {
    return fail(explainFailedStart(problem, environment));
  }
  for (const { warnings } of [config, ...Object.values(config.sources)])
    for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  return exitCodeOf([...(await examineDatadog(config, options.given)), ...(await examineArgus(config, options.given))]);
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return exitCodes.nothingAsked;
}

function examineDatadog(config: RegisteredConfig, given: Indicator | undefined) {
  const { keys, url } = config.sources.DATADOG;
  const headers = keys && datadogHeaders(keys);
  return report(sources.DATADOG, datadogExamination, { url, headers, proxy: config.proxy, given });
}

function examineArgus(config: RegisteredConfig, given: Indicator | undefined) {
  const { key, url } = config.sources.ARGUS;
  const headers = key && argusHeaders(key);
  return report(sources.ARGUS, argusExamination, { url, headers, proxy: config.proxy, given });
}

interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly proxy: Config['proxy'];
  readonly given: Indicator | undefined;
}

/** Examines one source, and writes a line for each check. */
async function report<Answers>(
  source: Pick<SourceDefinition, 'name' | 'title'>,
  examination: Examination<Answers>,
  { url, headers, proxy, given }: Asked,
): Promise<readonly CheckResult[]> {
  const asking = headers && openAsking({ source, url, headers, proxy });
  const results = await examine(examination, new URL(url).host, asking?.ask, given);
  await asking?.close();
  process.stdout.write(`${source.title}, ${asking?.calls() ?? 0} calls\n`);
  for (const { check, outcome, text } of results)
    process.stdout.write(`  ${outcome.padEnd(9)}  ${check.padEnd(10)}  ${text}\n`);
  return results;
}

function exitCodeOf(results: readonly CheckResult[]): number {
  if (!results.some(({ check, outcome }) => check === 'access' && outcome === 'ok')) return exitCodes.nothingAsked;
  if (!results.some(({ outcome }) => outcome === 'differs')) return exitCodes.asAssumed;
  process.stdout.write('What differs, and what the gateway does then: docs/decisions/unproven.md\n');
  return exitCodes.differs;
}

process.exitCode = await main(process.argv.slice(2), process.env);
