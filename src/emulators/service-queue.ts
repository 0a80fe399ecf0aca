import type { QueueFault } from './fault-kinds.ts';
import type { RecordedRequest } from './recorded-request.ts';

export interface ServiceQueues {
  /** Waits for a slot and for the service time; false if no slot became free in time. */
  serve(id: string, fault: QueueFault, request: RecordedRequest): Promise<boolean>;
}

interface Queue {
  free: number;
  readonly waiting: (() => void)[];
}

/** One first-in, first-out queue for each fault and priority. */
export function createServiceQueues(): ServiceQueues {
  const queues = new Map<string, Queue>();
  return {
    serve: async (id, fault, { headers }) => {
      const name = `${id} ${headers['argus-priority'] ?? 'standard'}`;
      const queue = queues.get(name) ?? { free: fault.slots, waiting: [] };
      queues.set(name, queue);
      if (!(await waitForSlot(queue, fault.pickUpMs))) return false;
      await new Promise(resolve => setTimeout(resolve, fault.serviceMs));
      const next = queue.waiting.shift();
      if (next) next();
      else queue.free += 1;
      return true;
    },
  };
}

function waitForSlot(queue: Queue, withinMs: number): Promise<boolean> {
  if (queue.free > 0) {
    queue.free -= 1;
    return Promise.resolve(true);
  }
  return new Promise(resolve => {
    const pickUp = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      queue.waiting.splice(queue.waiting.indexOf(pickUp), 1);
      resolve(false);
    }, withinMs);
    queue.waiting.push(pickUp);
  });
}
