/** Whether the process itself lacks memory or time for new work, whatever the budget says. */
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

export interface Shortage {
  read(): 'memory' | 'lag' | undefined;
  close(): void;
}

interface ProcessState {
  /** What was alive after the last full collection: what is used later includes garbage. */
  readonly aliveBytes: number;
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** From one turn of the event loop to the next: the mean of the last second, and of the one before. */
  readonly lagMs: number;
  readonly lagBeforeMs: number;
}

/** Of the heap's limit. With more alive, V8 collects ever more for ever less. */
const fullHeap = 0.8;
/** One long stop is no shortage, so both seconds count. */
const longLagMs = 500;

export function shortageIn(state: ProcessState): ReturnType<Shortage['read']> {
  if (Math.min(state.aliveBytes, state.usedBytes) > state.limitBytes * fullHeap) return 'memory';
  return Math.min(state.lagMs, state.lagBeforeMs) > longLagMs ? 'lag' : undefined;
}

/** Watches this process. */
export function openShortage(): Shortage {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let lagMs = 0;
  let lagBeforeMs = 0;
  const timer = setInterval(() => {
    lagBeforeMs = lagMs;
    lagMs = delay.count === 0 ? 0 : delay.mean / 1e6;
    delay.reset();
  }, 1_000);
  timer.unref();

  let aliveBytes = 0;
  const collections = new PerformanceObserver(list => {
    if (list.getEntries().some(isFullCollection)) aliveBytes = getHeapStatistics().used_heap_size;
  });
  collections.observe({ entryTypes: ['gc'] });

  return {
    read() {
      const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
      return shortageIn({ aliveBytes, usedBytes, limitBytes, lagMs, lagBeforeMs });
    },
    close() {
      delay.disable();
      clearInterval(timer);
      collections.disconnect();
    },
  };
}

function isFullCollection(entry: PerformanceEntry): boolean {
  return Reflect.get(Object(Reflect.get(entry, 'detail')), 'kind') === constants.NODE_PERFORMANCE_GC_MAJOR;
}
