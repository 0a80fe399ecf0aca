/** The end of a server: answers under way are finished, and nobody who sends or reads slowly holds it up. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How long the last answers may take to reach their readers, and half-sent requests to become whole. */
const lingerMs = 200;

export interface Drain {
  /** Resolves when every connection is closed: `lingerMs` after the last answer, or after `longestMs`, at the latest. */
  close(longestMs: number): Promise<void>;
}

/** Register it before all routes: it sees every request. */
export function createDrain(server: FastifyInstance): Drain {
  const underWay = new Set<FastifyRequest>();
  let onQuiet = () => {};
  const ends = (request: FastifyRequest): void => {
    underWay.delete(request);
    if (underWay.size === 0) onQuiet();
  };
  // With `done`, for a promise in each would be paid by every request.
  server.addHook('onRequest', (request, reply, done) => {
    reply.raw.on('close', () => ends(request));
    underWay.add(request);
    done();
  });
  // While its body is on the way, it is the client's time that passes.
  server.addHook('preParsing', (request, _reply, payload, done) => {
    ends(request);
    done(null, payload);
  });
  server.addHook('preValidation', (request, _reply, done) => {
    underWay.add(request);
    done();
  });
  server.addHook('onSend', (request, _reply, payload, done) => {
    ends(request);
    done(null, payload);
  });

  const quiet = (): Promise<void> =>
    new Promise(resolve => {
      onQuiet = resolve;
      if (underWay.size === 0) resolve();
    });

  async function lastAnswer(): Promise<void> {
    await quiet();
    await pause(lingerMs);
    if (underWay.size > 0) await lastAnswer();
  }

  return {
    async close(longestMs) {
      const closed = server.close();
      await Promise.race([closed, lastAnswer(), pause(longestMs + lingerMs)]);
      server.server.closeAllConnections();
      await closed;
    },
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds).unref();
  });
