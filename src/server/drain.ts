/** Closes a server: requests in progress are answered, but slow clients do not delay the end. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Time for the last responses to reach their clients, and for incomplete requests to arrive. */
const lingerMs = 200;

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

  async function lastResponse(): Promise<void> {
    await idle();
    await pause(lingerMs);
    if (inProgress.size > 0) await lastResponse();
  }

  const allClosed = (): Promise<void> =>
    new Promise(resolve => {
      onAllClosed = resolve;
      if (open.size === 0) resolve();
    });

  return {
    async close(longestMs) {
      const closed = server.close();
      await Promise.race([closed, lastResponse(), pause(longestMs + lingerMs)]);
      server.server.closeAllConnections();
      await closed;
      // What was cut off is reported a little later, and is still to be written into the log.
      await Promise.race([allClosed(), pause(lingerMs)]);
    },
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds).unref();
  });
