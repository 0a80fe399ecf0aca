/**
 * What stands for the base image: an empty folder with Node, npm, a shell and the few commands that steps may use, each
 * with its libraries, and nothing else of this machine.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireCommand } from '../command.ts';

const commands = ['sh', 'env', 'rm', 'mkdir', 'find'];
const fromMachine = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/ssl/certs/ca-certificates.crt'];

/** Fills an empty folder. `node` is the executable of the release that the image is built from. */
export function makeBaseRoot(root: string, node: string): void {
  // As a runtime has it: any user may enter, only root may write.
  chmodSync(root, 0o755);
  for (const folder of ['bin', 'usr/local/bin', 'usr/local/lib/node_modules', 'dev', 'proc', 'root/.npm'])
    mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 });
  for (const command of commands)
    copyWithLibraries(realpathSync(requireCommand(command)), join(root, 'bin', command), root);
  copyWithLibraries(node, join(root, 'usr/local/bin/node'), root);
  copyLibc(root, node);
  copyNpm(root);
  const files = [...fromMachine, process.env.NODE_EXTRA_CA_CERTS ?? ''].filter(file => file !== '' && existsSync(file));
  for (const file of files) copyTo(file, join(root, file));
  // Where this machine's npm finds its packages, the container's finds them too.
  if (existsSync(join(homedir(), '.npmrc'))) copyTo(join(homedir(), '.npmrc'), join(root, 'root/.npmrc'));
}

function copyNpm(root: string): void {
  const npm = dirname(dirname(realpathSync(requireCommand('npm'))));
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('/bin/env', join(root, 'usr/bin/env'));
}

function copyTo(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(source), target);
}

/** All of the C library, as in every Debian image: what is loaded later (native packages of npm) no list shows. */
function copyLibc(root: string, node: string): void {
  const libc = /(\/\S+)\/libc\.so\.6 /.exec(execFileSync('ldd', [node], { encoding: 'utf8' }))?.[1] ?? '';
  const names = readdirSync(libc).filter(name => /^lib(c|m|rt|dl|pthread|util|resolv|nss_\w+)\.so\.\d$/.test(name));
  for (const name of names) copyTo(join(libc, name), join(root, libc, name));
}

function copyWithLibraries(program: string, target: string, root: string): void {
  copyTo(program, target);
  const list = execFileSync('ldd', [program], { encoding: 'utf8' });
  for (const [, library = ''] of list.matchAll(/(\/\S+) \(0x/g)) copyTo(library, join(root, library));
}
