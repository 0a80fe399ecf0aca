/** The gateway as a process of its own, as it is run: what one process does for another cannot flatter it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../src/config/variables.ts';
import type { Emulators } from '../../src/emulators/emulators.ts';

export interface GatewayProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Before the emulators; `environment` over the defaults. Rejects when it ends before it listens. */
export async function startGatewayProcess(
  { datadog, argus }: Emulators,
  environment: Environment = {},
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATADOG_URL: datadog.url,
      DD_API_KEY: 'demo-api-key',
      DD_APP_KEY: 'demo-app-key',
      ARGUS_URL: argus.url,
      ARGUS_API_KEY: 'demo/key/full',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  const url = await listening(child);
  return {
    url,
    pid: child.pid as number,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      process.off('exit', end);
    },
  };
}

/** Its first log line names the address. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.on('data', (text: Buffer) => {
      if (log.length < 10_000) log += text; // the audit goes this way too
    });
    child.stdout?.on('data', (text: Buffer) => {
      if (log.length < 10_000) log += text;
      const url = /"url":"(http:[^"]+)"/.exec(log)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', code => reject(new Error(`the gateway ended at once (${code}): ${log}`)));
  });
}
