/** Manifests against the schemas of Kubernetes itself, and of the custom resources that the chart and its documents speak of. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { customResourcePaths, kubectlValidatePath } from '../setup/packaging-tools.ts';

/** What kubectl-validate 0.0.4 carries, from the oldest that we speak of to its newest. */
export const kubernetesVersions = ['1.27', '1.30'];

/** What is wrong with manifests, by any names: each complaint begins with the name. */
export function validate(manifests: Readonly<Record<string, string>>, version: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  try {
    for (const [name, text] of Object.entries(manifests)) writeFileSync(join(folder, `${name}.yaml`), text);
    return complaints(folder, version).map(one => one.replaceAll(`${folder}/`, ''));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const results = z.record(z.string(), z.array(z.looseObject({ status: z.string(), message: z.string().optional() })));

function complaints(folder: string, version: string): readonly string[] {
  const definitions = customResourcePaths().flatMap(path => ['--local-crds', path]);
  const found = results.parse(JSON.parse(run([folder, '--version', version, '--output', 'json', ...definitions])));
  return Object.entries(found).flatMap(([name, all]) =>
    all.filter(({ status }) => status !== 'Success').map(({ message }) => `${name}: ${message}`),
  );
}

/** It ends with an error where it has complaints, and prints them all the same. */
function run(args: readonly string[]): string {
  try {
    return execFileSync(kubectlValidatePath(), args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return z.object({ stdout: z.string().min(1) }).parse(error).stdout;
  }
}
