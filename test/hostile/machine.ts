/** The gateway as the image and the chart run it, without a container: their flags and their limit of memory. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Emulators } from '../../src/emulators/emulators.ts';
import { apiKeyAuth } from '../setup/callers.ts';
import { type GatewayProcess, startProcess } from '../setup/process.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

function found(text: string, pattern: RegExp): string {
  const [, value] = pattern.exec(text) ?? [];
  if (value === undefined) throw new Error(`nothing like ${pattern} in the Dockerfile`);
  return value;
}

const chart = z.object({ resources: z.object({ limits: z.object({ memory: z.string().regex(/^\d+Mi$/) }) }) });
const limitMb = Number.parseInt(chart.parse(parse(read('helm/values.yaml'))).resources.limits.memory, 10);

/** Bytes that the chart gives the container. */
export const memoryLimit = limitMb * 1_048_576;

const dockerfile = read('Dockerfile');
const imageEnvironment = { MALLOC_ARENA_MAX: found(dockerfile, /MALLOC_ARENA_MAX=(\d+)/) };

/** Node takes the share of a container's memory; here there is none, so it is told the megabytes. */
function imageFlags(): readonly string[] {
  const share = Number(found(dockerfile, /--max-old-space-size-percentage=(\d+)/));
  const young = found(dockerfile, /"(--max-semi-space-size=\d+)"/);
  return [young, `--max-old-space-size=${Math.floor((limitMb * share) / 100)}`];
}

/** As many as there are tries: each has a full minute's points. */
export const attackers = Array.from({ length: 300 }, (_, index) => `attacker-${index}`);
export const bystander = 'bystander';

/** All addresses that tools ask; without their pages. */
const doors = { REST: 'on', MCP: 'on' };

/** `AUTH=api-key` with all these callers, and default limits. */
export async function startHostileGateway(
  emulators: Emulators,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const callers = Object.fromEntries([bystander, ...attackers].map(name => [name, []]));
  const start = () =>
    startProcess(emulators, { ...imageEnvironment, ...doors, ...apiKeyAuth(callers), ...environment }, imageFlags());
  // Of the many connections of an attack one may have got the port that was free for health.
  return start().catch(start);
}

const pathOf = ({ child }: GatewayProcess, file: string): string => `/proc/${child.pid}/${file}`;

/** The peak of the resident memory begins anew. */
export const forgetPeak = (gateway: GatewayProcess): void => writeFileSync(pathOf(gateway, 'clear_refs'), '5');

/** Of a process that has ended there is nothing to read. */
function kilobytes(gateway: GatewayProcess, name: string): number {
  const path = pathOf(gateway, 'status');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [, found] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text) ?? [];
  return found === undefined ? Number.POSITIVE_INFINITY : Number(found) * 1024;
}

/** Bytes of resident memory: at the peak, and now. Infinity: the process has ended. */
export const peakMemory = (gateway: GatewayProcess): number => kilobytes(gateway, 'VmHWM');
export const memory = (gateway: GatewayProcess): number => kilobytes(gateway, 'VmRSS');
