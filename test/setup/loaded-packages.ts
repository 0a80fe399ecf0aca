/** Which packages a gateway has loaded when it listens, by a process of its own. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const code = (program: string) => `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({ load(url, context, next) { loaded.add(url); return next(url, context); } });
  const { startGateway } = await import(${JSON.stringify(program)});
  const gateway = await startGateway({ PORT: '0', LOG_LEVEL: 'silent', ARGUS_API_KEY: 'x', ...process.env });
  await gateway.stop();
  console.log(JSON.stringify([...loaded]));`;

/** Names of packages, like `@keyv/redis`, each once. `program`: that of the checkout, or a built one. */
export function loadedPackages(environment: Readonly<Record<string, string>>, program = main): readonly string[] {
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', code(program)], {
    encoding: 'utf8',
    env: environment,
  });
  const files: readonly string[] = JSON.parse(printed).filter((url: string) => url.startsWith('file:'));
  return [...new Set(files.flatMap(modulesIn).flatMap(packageOf))];
}

/** A built file names each module that it is made of. */
function modulesIn(url: string): readonly string[] {
  if (url.includes('/node_modules/')) return [url];
  return [...readFileSync(new URL(url), 'utf8').matchAll(/^\/\/ (\S*node_modules\/\S+)$/gm)].map(
    ([, path = '']) => path,
  );
}

const packageOf = (path: string): readonly string[] =>
  /(?:.*\/)?node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(path)?.slice(1) ?? [];
