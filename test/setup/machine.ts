/**
 * Run before the tests: everything they need from the machine is there, or is installed now (as root with apt), or is
 * named, with how to get it, and the tests do not start. No test skips itself for want of a tool.
 */
import { execFileSync } from 'node:child_process';
import { findCommand } from './command.ts';
import { actionlintPath, hadolintPath, helmPath, kubectlValidatePath, oldestNodePath } from './packaging-tools.ts';

interface Tool {
  readonly commands: readonly string[];
  readonly why: string;
  readonly howTo: string;
  install(): unknown;
}

const aptGet = findCommand('apt-get');
const canInstall = aptGet !== undefined && process.getuid?.() === 0;
let isListFresh = false;

const tools: readonly Tool[] = [
  fromDebian('redis-server', ['redis-server'], 'the cache is tested against a real Redis'),
  fromDebian('redis-tools', ['redis-cli'], 'the tests look into that Redis'),
  fromDebian('openssl', ['openssl'], 'Redis over TLS needs a certificate'),
  fromDebian('curl', ['curl'], 'the snippets of the documentation are run'),
  fromDebian('jq', ['jq'], 'so are the recipes for a shell'),
  fromDebian('python3', ['python3'], 'one of them is in Python'),
  fromDebian(
    'chromium',
    ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    'GraphiQL is tested in a real browser',
  ),
  fromDebian('nginx-light', ['nginx'], 'gateways are terminated behind a real nginx'),
  fromDebian('prometheus', ['prometheus'], 'the alerts are fired in a real Prometheus'),
  fromDebian('bsdutils', ['script'], 'the shell is tested in a pseudo-terminal'),
  fromDebian('util-linux', ['unshare', 'setpriv'], 'the image is replayed in namespaces of its own'),
  fromDebian('iproute2', ['ip'], 'the image is replayed with a network of its own'),
  fromDebian('python3-pip', ['pip3', 'pip'], 'it carries what neither npm nor Debian has'),
  {
    commands: ['helm'],
    why: 'the chart is checked by Helm itself',
    howTo: 'https://helm.sh/docs/intro/install',
    install: helmPath,
  },
  {
    commands: ['kubectl-validate'],
    why: "the chart's objects are checked by Kubernetes' own schemas",
    howTo: 'go install sigs.k8s.io/kubectl-validate@v0.0.4',
    install: kubectlValidatePath,
  },
  {
    commands: ['actionlint'],
    why: 'the release workflow is checked by its linter',
    howTo: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
    install: actionlintPath,
  },
  {
    commands: ['hadolint'],
    why: 'the Dockerfile is checked by its linter',
    howTo: 'https://github.com/hadolint/hadolint',
    install: hadolintPath,
  },
  {
    commands: ['node-22.19.0'],
    why: 'the package is tried on the oldest Node that it runs on',
    howTo: 'npm install node@22.19.0, and its node_modules/node/bin/node under this name on the PATH',
    install: oldestNodePath,
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

function run(command: string, args: readonly string[]): void {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync(command, args, {
    stdio: [...stdio],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
