/**
 * The connection that a response came by. HTTP/1.1 does not say which request a response belongs to: where an intermediary
 * sends one too many, each is taken for that to the next request. A response that names what it is about shows it; one that
 * says "not known" does not, so those that came by the same connection lately are not believed any more.
 */
import { errors } from 'undici';

export interface ResponseConnection {
  /** One of its responses is about something else: closes it, and tells all who rely on what came by it lately. */
  distrust(): void;
  /**
   * `tell` is called once, if the connection is distrusted within ten seconds, and at once if it is already. It is kept for
   * so long, and should hold little.
   */
  onDistrusted(tell: () => void): void;
}

interface Reliance {
  readonly since: number;
  readonly tell: () => void;
}

const reliedOnMs = 10_000;
interface ClosableSocket {
  destroy(): unknown;
  once(event: 'error', listener: (error: unknown) => void): unknown;
}

export function createResponseConnection(socket: ClosableSocket, now: () => number): ResponseConnection {
  let isDistrusted = false;
  let reliances: Reliance[] = [];

  const isCurrent = ({ since }: Reliance): boolean => now() - since <= reliedOnMs;

  function distrust(): void {
    isDistrusted = true;
    socket.destroy();
    for (const { tell } of reliances.splice(0).filter(isCurrent)) tell();
  }

  socket.once('error', error => {
    if (isOutOfStep(error)) distrust();
  });

  return {
    distrust,
    onDistrusted(tell) {
      if (isDistrusted) return tell();
      const since = now();
      // Not each time: one after the other comes by a connection, so there are not many.
      if (since - (reliances[0]?.since ?? since) > 2 * reliedOnMs) reliances = reliances.filter(isCurrent);
      reliances.push({ since, tell });
    },
  };
}

/** A response that no request has asked for, or what is no response. */
const isOutOfStep = (error: unknown): boolean =>
  error instanceof errors.HTTPParserError || (error instanceof errors.SocketError && error.message === 'bad response');
