import { buildConnector, Client, type Dispatcher, EnvHttpProxyAgent, errors, Pool } from 'undici';
import { createResponseConnection, type ResponseConnection } from './response-connection.ts';

export interface ConnectionOptions {
  /** Origin only. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly proxyUrl: string | undefined;
  readonly noProxy: string | undefined;
  /** Monotonic. */
  readonly now: () => number;
}

export interface Connections {
  readonly dispatcher: Dispatcher;
  /** The error is the end of a connection that had answered before, and that may have been idle for long. */
  readonly isReusedReset: (error: unknown) => boolean;
}

/**
 * Connections to one origin only. Their number is limited by our own queue, because undici's is neither bounded nor
 * fair. Timeouts of headers and body are off, because each attempt has one of its own. HTTP/2 is off, so that aborting
 * a request closes its connection. Redirects are never followed.
 */
export function openConnections(options: ConnectionOptions): Connections {
  const { origin, connectTimeoutMs, proxyUrl, noProxy, now } = options;
  const common = {
    connectTimeout: connectTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  };
  // By convention, HTTPS_PROXY applies to https addresses only.
  if (proxyUrl === undefined || !origin.startsWith('https:')) {
    const { connect, isReusedReset } = watchResets(buildConnector({ timeout: connectTimeoutMs, allowH2: false }));
    return { dispatcher: new Pool(origin, { ...common, connect, factory: clientFactory(now) }), isReusedReset };
  }
  const dispatcher = new EnvHttpProxyAgent({
    ...common,
    connect: { timeout: connectTimeoutMs },
    // Without any of these three, undici would read it from the environment.
    httpProxy: '',
    httpsProxy: proxyUrl,
    noProxy: noProxy ?? '',
  });
  return { dispatcher, isReusedReset: isReusedClose };
}

/** What is dispatched may have it: called with how to find the connection that the response comes by. */
export interface WithConnection {
  onClient?(connection: () => ResponseConnection | undefined): void;
}

/** A client has one connection at a time, and one request on it. Through a proxy, whose clients are not made here, none is known. */
const clientFactory =
  (now: () => number) =>
  (origin: URL, options: object): Dispatcher => {
    const { connect, ...others } = options as Client.Options & { readonly connect: buildConnector.connector };
    let connection: ResponseConnection | undefined;
    const current = () => connection;
    const client = new Client(origin, {
      ...others,
      connect: (target, callback) =>
        connect(target, (...[failure, socket]) => {
          if (failure !== null) return callback(failure, null);
          connection = createResponseConnection(socket, now);
          callback(null, socket);
        }),
    });
    const dispatch = client.dispatch.bind(client);
    client.dispatch = (request: Dispatcher.DispatchOptions & WithConnection, handler) => {
      request.onClient?.(current);
      return dispatch(request, handler);
    };
    return client;
  };

/** A socket's own error does not say which socket it was: noted here, where it is known. */
function watchResets(connector: buildConnector.connector): Pick<Connections, 'isReusedReset'> & {
  readonly connect: buildConnector.connector;
} {
  const resets = new WeakSet<object>();
  return {
    connect: (options, callback) =>
      connector(options, (...[failure, socket]) => {
        socket?.once('error', error => {
          if (socket.bytesRead > 0) resets.add(error);
        });
        if (failure === null) callback(null, socket);
        else callback(failure, null);
      }),
    isReusedReset: error => isReusedClose(error) || (error instanceof Error && resets.has(error)),
  };
}

const isReusedClose = (error: unknown): boolean =>
  error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0;
