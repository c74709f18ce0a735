// The listener: one http.Server with every limit set, and the only catch of the data plane.
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { ERROR_CODES, type ErrorCode, JSON_CONTENT_TYPE, LIMITS, METHODS } from '../core/index.js';
import { plainAddress } from '../policy/index.js';
import { answerError, asHostError } from './answer.js';
import type { Exchange, NodeExchange } from './exchange.js';
import type { Gateway } from './gateway.js';
import { handle } from './handle.js';
import { inTurn } from './in-turn.js';
import { writeInOne } from './one-write.js';
import { openPlainFront } from './plain/front.js';

/** Makes the server; it listens when told to. With a secure context it speaks TLS and nothing else [GW-43]. */
export function createEntry(gateway: Gateway, secureContext: SecureContextOptions | null = null): Server {
  const options: ServerOptions = {
    maxHeaderSize: LIMITS.headerBytesMax,
    headersTimeout: LIMITS.headersTimeoutMs,
    // An upload of gigabytes takes as long as it takes; silence within it is bounded by `timeout`.
    requestTimeout: 0,
    keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
    connectionsCheckingInterval: LIMITS.connectionsCheckingIntervalMs,
    // Missing Host is refused by us, with a body that says so.
    requireHostHeader: false,
    // GW-6: never lenient, whatever flags the process was started with.
    insecureHTTPParser: false,
    noDelay: true,
  };
  const server = secureContext === null ? createServer(options) : createSecureServer(options, secureContext);
  // One more than is taken: what is past this Node drops without a word, so that one too many must be seen to be refused.
  server.maxHeadersCount = LIMITS.headerCountMax + 1;
  server.maxConnections = LIMITS.connectionsMax;
  const silenceMs = Math.max(0, ...[...gateway.upstreams.values()].map((upstream) => upstream.silenceMs));
  server.timeout = Math.max(LIMITS.clientIdleTimeoutMs, silenceMs + LIMITS.clientIdleMarginMs);
  const enterNow = (exchange: NodeExchange): void => void enter(exchange, gateway);
  const carry = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Node's parser drops what it has received behind such a request: nothing may be read on the connection after that [GW-6, GW-45].
    if (incoming.headers.upgrade !== undefined) outgoing.shouldKeepAlive = false;
    inTurn({ incoming, outgoing }, enterNow);
  };
  if (secureContext === null) openPlainFront(server, gateway, (exchange) => void enter(exchange, gateway));
  else server.on('secureConnection', writeInOne);
  server.on('request', carry);
  server.on('checkContinue', carry);
  server.on('checkExpectation', carry);
  server.on('connect', (_incoming: IncomingMessage, socket: Duplex) => answerRaw(socket, 'request.method-not-allowed'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => refuseUnparsed(error, socket, gateway));
  return server;
}

function createSecureServer(options: ServerOptions, secureContext: SecureContextOptions): Server {
  const server = createTlsServer({ ...options, ...secureContext, handshakeTimeout: LIMITS.tlsHandshakeTimeoutMs });
  // node:https offers a failed handshake, plain HTTP among them, to `clientError`, as if there were somebody who could read an answer.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy());
  return server;
}

/** Carries one request and answers for whatever is thrown on the way. Never rejects. */
export async function enter(exchange: Exchange, gateway: Gateway): Promise<void> {
  try {
    await handle(exchange, gateway);
  } catch (thrown) {
    const error = asHostError(thrown);
    if (error.status >= 500 && error.code !== 'request.method-unknown' && error.code !== 'request.version') {
      gateway.logger.error({ code: error.code, detail: error.detail }, 'A request failed');
    } else {
      noteRefusal(gateway, exchange.incoming.socket.remoteAddress, error.code);
    }
    answerError(exchange, error);
  }
}

function noteRefusal(gateway: Gateway, remoteAddress: string | undefined, code: ErrorCode): void {
  gateway.trail.noteMalformed({ peer: plainAddress(remoteAddress ?? '') ?? '', code, at: gateway.clock.now() });
}

/** What Node's parser refused: a head, what stands behind a request, or the body of one. */
function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex, gateway: Gateway): void {
  // Reset by the client, or closed already: there is nobody to answer.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const answer = answerUnderWay(socket);
  // The request that is being answered came whole: it keeps its answer, and the connection ends with that.
  if (answer?.req.complete === true) return endAfter(answer, socket);
  // Writing into the middle of an answer would corrupt it.
  if (answer?.headersSent === true) return void socket.destroy();
  const code = parserErrorCode(error.code ?? '');
  noteRefusal(gateway, (socket as Duplex & { remoteAddress?: string }).remoteAddress, code);
  answerRaw(socket, code);
}

/** The answer whose turn it is; node:http keeps it in this field. */
function answerUnderWay(socket: Duplex): ServerResponse | null {
  return (socket as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage ?? null;
}

const ending = new WeakSet<ServerResponse>();

function endAfter(answer: ServerResponse, socket: Duplex): void {
  if (ending.has(answer)) return;
  ending.add(answer);
  answer.shouldKeepAlive = false;
  // Its head may be on its way already, with another promise.
  answer.once('finish', () => socket.end(() => socket.destroy()));
}

/** Node's parser errors in our words [GW-3, GW-6]. */
export function parserErrorCode(code: string): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'request.headers-too-large';
  if (code === 'HPE_INVALID_METHOD') return 'request.method-unknown';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request.timeout';
  return 'request.malformed';
}

function answerRaw(socket: Duplex, code: ErrorCode): void {
  const { status, publicText } = ERROR_CODES[code];
  const body = JSON.stringify({ message: publicText, 'status-code': status });
  const allow = status === 405 ? `Allow: ${METHODS.join(', ')}\r\n` : '';
  socket.on('error', () => undefined);
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\n${allow}Content-Type: ${JSON_CONTENT_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
