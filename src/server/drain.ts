/** Closes a server: requests in progress are answered, but slow clients do not delay the end. */
import { Server } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Time for the last responses to reach their clients, and for incomplete requests to arrive. */
const lingerMs = 200;

/** A turn of the event loop that took no longer had nothing to do. */
const idleTurnMs = 0.1;
/** A process that is too busy to have such a turn goes on all the same. */
const busyMs = 2_000;

export interface Drain {
  /** Resolves when all connections are closed: at the latest `lingerMs` after the last response, or after `longestMs`. */
  close(longestMs: number): Promise<void>;
}

/** Call it before routes are registered, so that its hooks see every request. */
export function createDrain(server: FastifyInstance): Drain {
  const inProgress = new Set<FastifyRequest>();
  /** Those whose response has neither reached its client nor been cut off. */
  const open = new Set<FastifyRequest>();
  let onIdle = () => {};
  let onAllClosed = () => {};
  /** Connections and requests. */
  let arrived = 0;
  server.server.on('connection', () => {
    arrived += 1;
  });
  const finish = (request: FastifyRequest): void => {
    inProgress.delete(request);
    if (inProgress.size === 0) onIdle();
  };
  // Callbacks instead of async hooks, which would cost every request a promise.
  server.addHook('onRequest', (request, reply, done) => {
    reply.raw.on('close', () => {
      finish(request);
      open.delete(request);
      if (open.size === 0) onAllClosed();
    });
    arrived += 1;
    inProgress.add(request);
    open.add(request);
    done();
  });
  // Waiting for the body does not count as in progress: a slow client must not delay the end.
  server.addHook('preParsing', (request, _reply, payload, done) => {
    finish(request);
    done(null, payload);
  });
  server.addHook('preValidation', (request, _reply, done) => {
    inProgress.add(request);
    done();
  });
  server.addHook('onSend', (request, _reply, payload, done) => {
    finish(request);
    done(null, payload);
  });

  const idle = (): Promise<void> =>
    new Promise(resolve => {
      onIdle = resolve;
      if (inProgress.size === 0) resolve();
    });

  /** Resolves after a turn of the event loop in which nothing arrived: each accepts one connection. */
  async function idleTurn(): Promise<void> {
    const lastAt = performance.now() + busyMs;
    for (let isIdle = false; !isIdle && performance.now() < lastAt; ) {
      const [before, beganAt] = [arrived, performance.now()];
      await nextTurn();
      isIdle = arrived === before && performance.now() - beganAt < idleTurnMs;
    }
  }

  async function lastResponse(): Promise<void> {
    await idle();
    await pause(lingerMs);
    // The process may not have had its turn for as long.
    await idleTurn();
    if (inProgress.size > 0) await lastResponse();
  }

  const allClosed = (): Promise<void> =>
    new Promise(resolve => {
      onAllClosed = resolve;
      if (open.size === 0) resolve();
    });

  return {
    async close(longestMs) {
      const longest = pause(longestMs + lingerMs, undefined, { ref: false });
      // Connections that wait to be accepted would be reset.
      await idleTurn();
      Server.prototype.close.call(server.server);
      // Those that are open, idle ones too, are answered meanwhile, each for the last time.
      await Promise.race([lastResponse(), longest]);
      const closed = server.close();
      server.server.closeAllConnections();
      await closed;
      // What was cut off is reported a little later, and is still to be written into the log.
      await Promise.race([allClosed(), pause(lingerMs)]);
    },
  };
}
