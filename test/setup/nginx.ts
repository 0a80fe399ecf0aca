/** A real nginx in front of gateways, with connections to them that it keeps, as an ingress does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireCommand } from './command.ts';
import { freePort, until } from './redis.ts';

export interface Nginx {
  readonly url: string;
  /** Its log of errors so far. */
  output(): string;
  stop(): Promise<void>;
}

/** A POST that has been sent is not repeated; one that found no connection goes to the next. `max_fails=0`: nobody is left out. */
const configOf = (port: number, gatewayPorts: readonly number[], folder: string): string => `
daemon off; master_process off; pid ${folder}/pid; error_log stderr error;
events { worker_connections 2048; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(use => `${use}_temp_path ${folder}/${use};`).join(' ')}
  upstream gateways {
    ${gatewayPorts.map(gateway => `server 127.0.0.1:${gateway} max_fails=0;`).join(' ')}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout;
    }
  }
}
`;

export async function startNginx(gatewayPorts: readonly number[]): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'nginx.conf'), configOf(Number(new URL(url).port), gatewayPorts, folder));
  const child = spawn(requireCommand('nginx'), ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written = '';
  child.stderr.on('data', text => {
    written += text;
  });
  const answers = () => fetch(`${url}/livez`).then(Boolean, () => false);
  await until(() => child.exitCode !== null || answers(), 'nginx answers', 30_000);
  if (child.exitCode !== null) throw new Error(`nginx ended at once: ${written}`);
  return {
    url,
    output: () => written,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}
