/** What it takes to start the image, to be there, and to be carried around: its files, started without a container. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { replayDockerfile } from '../../test/setup/replay-dockerfile.ts';
import type { Round } from '../figures.ts';
import { runOn } from '../processor.ts';
import { quantile } from './asking.ts';
import { type Place, withBed } from './bed.ts';

/** By the very steps of the Dockerfile. */
export async function startOfImage({ checkout, scale }: Place): Promise<Round> {
  const { image, remove } = replayDockerfile(undefined, checkout);
  try {
    const app = join(image.root, image.workdir);
    const starts: Start[] = [];
    while (starts.length < 7) starts.push(await start({ checkout: app, scale }, image.command));
    return {
      'ms until it listens': median(starts, ({ listeningMs }) => listeningMs),
      'CPU ms until it listens': median(starts, ({ cpuMs }) => cpuMs),
      'idle MB': median(starts, ({ idleMb }) => idleMb),
      'MB of program and modules': mbIn(app),
    };
  } finally {
    remove();
  }
}

interface Start {
  readonly listeningMs: number;
  readonly cpuMs: number;
  readonly idleMb: number;
}

/** With all cores, as a container has them that is not limited. */
async function start(place: Place, command: readonly string[]): Promise<Start> {
  runOn('all', process.pid);
  try {
    const options = { nodeOptions: command.slice(0, -1), program: command.at(-1) ?? '' };
    return await withBed(place, options, async ({ gateway, startedInMs }) => {
      const cpuMs = gateway.cpuMs();
      await pause(3000 * place.scale);
      return { listeningMs: startedInMs, cpuMs, idleMb: gateway.residentMb() };
    });
  } finally {
    runOn('first', process.pid);
  }
}

const median = (starts: readonly Start[], of: (one: Start) => number): number => quantile(starts.map(of), 0.5);

/** On the disk, where each file takes whole blocks. */
const mbIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => lstatSync(join(parentPath, name)).blocks * 512)
    .reduce((sum, bytes) => sum + bytes / 1e6, 0);
