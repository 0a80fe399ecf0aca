import { setTimeout as pause } from 'node:timers/promises';
import { argus, type Outage } from './outage.ts';
import type { Subject } from './subject.ts';

/** Each time after it has been scraped. */
async function restart(subject: Subject, times: number): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    await pause(5_000);
    await subject.restart();
  }
}

const list = `{ indicators(values: [${Array.from({ length: 1_000 }, (_, at) => `"v${at}-@"`)}]) { memberships { value } } }`;

export const ofTheProcess: Readonly<Record<string, Outage>> = {
  'all replicas are gone': {
    preload: '',
    begin: subject => subject.vanish(),
    alerts: ['Absent'],
    perhaps: ['ReplicaDown'],
  },
  'it ends again and again': {
    preload: '',
    begin: subject => void restart(subject, 6),
    log: { message: 'listening' },
    alerts: ['Restarting'],
    perhaps: ['Absent', 'ReplicaDown'],
  },
  'each operation meets a bug': {
    preload: `import url from 'node:url'; import { syncBuiltinESMExports } from 'node:module';
      const { domainToASCII } = url; let isBroken = false;
      process.on('message', () => { isBroken = true; }); process.channel.unref();
      url.domainToASCII = text => { if (isBroken) throw new TypeError('told to'); return domainToASCII(text); };
      syncBuiltinESMExports();`,
    asked: '{ indicators(values: ["bücher.@"]) { defanged } }',
    begin: ({ process }) => process?.child.send('break'),
    answer: '"code":"INTERNAL_SERVER_ERROR"',
    log: { message: 'A bug: an error that is not on the list' },
    metric: /^gateway_operations_total\{outcome="failed"\} [1-9]/m,
    alerts: ['OperationsFailing'],
  },
  'its core is full': {
    // Most of the time it does something else.
    preload: `const cell = new Int32Array(new SharedArrayBuffer(4));
      process.on('message', () => setInterval(() => Atomics.wait(cell, 0, 0, 350), 500)); process.channel.unref();`,
    begin: ({ process }) => process?.child.send('work'),
    metric: /^nodejs_eventloop_lag_p99_seconds 0\.[3-9]/m,
    alerts: ['Busy'],
    perhaps: ['Full', 'ReplicaDown', 'AnswersPartial'],
  },
  'its heap is nearly full': {
    nodeOptions: ['--max-old-space-size=200', '--max-semi-space-size=1'],
    preload: `import { getHeapStatistics } from 'node:v8'; const held = [];
      const hoard = () => {
        const { heap_size_limit: limit } = getHeapStatistics();
        while (getHeapStatistics().used_heap_size < limit * 0.88) held.push(new Array(1_000).fill(held.length));
      };
      process.on('message', () => { hoard(); setInterval(hoard, 2_000); }); process.channel.unref();`,
    begin: ({ process }) => process?.child.send('hoard'),
    metric: /^nodejs_heap_size_limit_bytes \d/m,
    alerts: ['MemoryHigh'],
    perhaps: ['Full', 'AnswersPartial'],
  },
  'more is asked at once than its memory holds': {
    preload: '',
    environment: { MEMORY_LIMIT_MB: '32', MAX_VALUES: '3000' },
    asked: list,
    everyMs: 700,
    begin: argus({ kind: 'latency', ms: 3_000 }),
    answer: '"code":"OVERLOADED","retryAfterSeconds":',
    metric: /^gateway_overload_refused_total\{reason="full"\} [1-9]/m,
    alerts: ['Full'],
    perhaps: ['AnswersPartial', 'SourceDown', 'Overloaded', 'QueueLong'],
  },
};

export const healthy: Readonly<Record<string, Outage>> = {
  'all is well': { redis: true, preload: '', begin() {}, metric: /^gateway_redis_up 1$/m, alerts: [] },
  'it is started again twice, and its collector of traces is gone': {
    preload: '',
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    begin: subject => void restart(subject, 2),
    log: { message: 'Traces cannot be sent', code: 'ECONNREFUSED' },
    alerts: [],
  },
};
