/**
 * `docker build` and `docker run` without Docker: `node test/setup/replay-dockerfile.ts`. Every step of the Dockerfile runs
 * in a folder that began empty, then the program runs from it as the image's user, as process 1, on a tree that is
 * mounted read-only. Needs Linux with namespaces (root, or user namespaces).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { requireCommand } from './command.ts';
import { buildImage, type Image } from './replay/build.ts';
import type { Step } from './replay/dockerfile.ts';
import { type Container, type Inside, startContainer } from './replay/namespace.ts';

const checkout = join(import.meta.dirname, '../..');

export interface Replayed {
  readonly image: Image;
  /** `arguments` take the place of CMD. */
  run(environment: Readonly<Record<string, string>>, args?: readonly string[]): Container;
  remove(): void;
}

export function replayDockerfile(onStep?: (step: Step) => void, context = checkout): Replayed {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const node = realpathSync(join(checkout, 'node_modules/node/bin/node'));
  const npmCache = execFileSync(requireCommand('npm'), ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  const image = buildImage({ context, folder, node, npmCache, ...(onStep && { onStep }) });
  return {
    image,
    run(environment, args = image.command) {
      const inside: Inside = {
        root: image.root,
        workdir: image.workdir,
        environment: { PATH: '/usr/local/bin:/usr/bin:/bin', ...image.environment, ...environment },
      };
      return startContainer(inside, [...image.entrypoint, ...args], image.user);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Repeats the image's own health check, as a runtime does. False when it never passed. */
export async function becomesHealthy(container: Container, image: Image, withinMs = 30_000): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end && !container.hasEnded(); await wait(200))
    if (container.exec(image.healthcheck).code === 0) return true;
  return false;
}

if (import.meta.main) {
  const replayed = replayDockerfile(({ keyword, words }) =>
    console.log(`${process.uptime().toFixed(0)} s`, keyword, words.join(' ')),
  );
  const { image } = replayed;
  try {
    console.log(execFileSync('du', ['-sh', join(image.root, image.workdir)], { encoding: 'utf8' }).trim());
    const container = replayed.run({ AUTH: 'none', ARGUS_API_KEY: 'not-a-key' });
    const isHealthy = await becomesHealthy(container, image);
    const code = await container.stop('SIGTERM', 15_000);
    console.log(container.output());
    console.log(`${isHealthy ? 'healthy' : 'NEVER HEALTHY'}; after SIGTERM: ${code}`);
    process.exitCode = isHealthy && code === 0 ? 0 : 1;
  } finally {
    replayed.remove();
  }
}
