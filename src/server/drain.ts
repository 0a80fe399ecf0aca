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
  const begins = async (request: FastifyRequest): Promise<void> => void underWay.add(request);
  const ends = async (request: FastifyRequest): Promise<void> => {
    underWay.delete(request);
    if (underWay.size === 0) onQuiet();
  };
  server.addHook('onRequest', async (request, reply) => {
    reply.raw.once('close', () => ends(request));
    await begins(request);
  });
  // While its body is on the way, it is the client's time that passes.
  server.addHook('preParsing', ends);
  server.addHook('preValidation', begins);
  server.addHook('onSend', ends);

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
