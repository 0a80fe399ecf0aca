/** Keeps a connection, and ends one whose replies cannot be trusted, or are refusals: then it connects anew. */
import { type RedisClient, redisTimes } from './client.ts';
import { watchReplies } from './reply-watch.ts';

export interface RedisConnection {
  /** Which connection is in use. */
  current(): number;
  /** A reply has been read to its end. */
  answered(): void;
  /** That connection, if it is still in use, has brought a reply to something else than was asked: its commands fail. */
  disconnect(which: number): void;
  /** The server refuses its commands, for instance because it is no master any more: another one may answer there now. */
  renew(refusal: unknown): void;
  close(): void;
}

type Code = 'REPLY_TO_ANOTHER' | 'REPLY_TOO_LARGE' | 'REPLY_UNREADABLE';

export interface RedisConnectionOptions {
  /** Not connected yet. */
  readonly client: RedisClient;
  /** Asks Redis for what must be known before the first answer; called with each ping. Never rejects. */
  readonly prepare: () => Promise<void>;
  /** Tries what the connection is for. A ping alone is not enough: a replica answers it, and refuses each write. */
  readonly check: () => Promise<unknown>;
  /** Called with each answer to a ping on a connection that has passed the check. */
  readonly onAnswer: () => void;
  /** Called while there is no answer. The error has a `code` where a connection is ended here. */
  readonly onError: (error: unknown) => void;
}

/**
 * Connects in the background, and again for ever. Watches the bytes that the client reads, which has no bound of its own, and
 * goes on after what it cannot read: each later reply would then be taken for that to the command before.
 */
export function openConnection(options: RedisConnectionOptions): RedisConnection {
  const { client, prepare, check, onAnswer, onError } = options;
  let [isChecked, isClosed] = [false, false];
  let renewal: NodeJS.Timeout | undefined;
  let isEnding = false;
  const replies = watchReplies(client, () => end('REPLY_TOO_LARGE'));
  const { socket } = replies;
  client.on('error', error => {
    if (replies.isReading()) end('REPLY_UNREADABLE');
    else onError(error);
  });

  /** Not while the client reads: it would take the rest of the bytes for the beginning of the next connection's. */
  function end(code: Code): void {
    if (isEnding) return;
    isEnding = true;
    queueMicrotask(() => {
      isEnding = false;
      const error = Object.assign(new Error('disconnected'), { code });
      if (client.isReady) reconnect(error);
      else if (client.isOpen) giveUpConnecting(error);
    });
  }

  function reconnect(error: unknown): void {
    if (isClosed || !client.isOpen) return;
    client.destroy();
    client.connect().catch(onError);
    onError(error);
  }

  /** The client, which fails its commands when it hears of the error, goes on trying by itself. */
  function giveUpConnecting(error: Error): void {
    socket.destroySocket();
    socket.emit('error', error);
  }

  function disconnect(which: number): void {
    if (client.isReady && which === client.socketEpoch) end('REPLY_TO_ANOTHER');
  }

  function onPong(reply: unknown, which: number): void {
    replies.answered();
    if (reply !== 'PONG') disconnect(which);
    else if (isChecked) onAnswer();
  }

  /** A server that refuses is tried again after a moment, on a connection of its own. */
  function onRefusal(refusal: unknown): void {
    onError(refusal);
    clearTimeout(renewal);
    renewal = setTimeout(() => client.isReady && !isChecked && reconnect(refusal), redisTimes.pingMs).unref();
  }

  client.on('ready', () => {
    // Closed while it was connecting, the client has become ready all the same.
    if (isClosed) return socket.destroySocket();
    const which = client.socketEpoch;
    isChecked = false;
    Promise.all([client.ping(), prepare(), check()]).then(([reply]) => {
      isChecked = true;
      onPong(reply, which);
    }, onRefusal);
  });
  client.on('ping-interval', reply => {
    onPong(reply, client.socketEpoch);
    prepare();
  });
  client.connect().catch(onError);

  return {
    current: () => client.socketEpoch,
    answered: replies.answered,
    disconnect,
    renew(refusal) {
      if (!isChecked) return;
      isChecked = false;
      if (client.isReady) reconnect(refusal);
    },
    close() {
      isClosed = true;
      clearTimeout(renewal);
      if (client.isOpen) client.destroy();
    },
  };
}
