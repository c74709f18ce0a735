// Receivers that tests start for the sinks: real sockets, which can hang, err, break off within a line, and come back on the same port.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import type { AuditRecord } from '../../src/audit/contract.js';

export const CERTIFICATE = new URL('../fixtures/receiver-cert.pem', import.meta.url).pathname;
const KEY = new URL('../fixtures/receiver-key.pem', import.meta.url).pathname;

/** How a receiver behaves from now on. */
export type Manner =
  | 'sound'
  /** Takes the connection and reads nothing. */
  | 'hang'
  /** Breaks off in the midst of what it is sent, without having read all. */
  | 'break';

export interface SyslogServer {
  readonly port: number;
  /** Messages of connections, framed by their octets; half a one at the end is thrown away. */
  readonly messages: string[];
  connections: number;
  manner: Manner;
  /** Cuts every connection there is. */
  cut(): void;
  close(): Promise<void>;
}

export async function startSyslog(kind: 'tcp' | 'tls' = 'tcp', port = 0): Promise<SyslogServer> {
  const sockets = new Set<Socket>();
  const take = (socket: Socket): void => {
    server_.connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    if (server_.manner === 'hang') return void socket.pause();
    let rest = '';
    const doesBreak = server_.manner === 'break';
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('latin1');
      // Some whole messages, and the beginning of one more.
      if (doesBreak) return void socket.destroy();
      for (;;) {
        const length = /^(\d+) /.exec(rest);
        if (length === null || rest.length < length[0].length + Number(length[1])) return;
        server_.messages.push(rest.slice(length[0].length, length[0].length + Number(length[1])));
        rest = rest.slice(length[0].length + Number(length[1]));
      }
    });
  };
  const listener =
    kind === 'tcp' ? net.createServer(take) : tls.createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, take);
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
  const server_: SyslogServer = {
    port: (listener.address() as AddressInfo).port,
    messages: [],
    connections: 0,
    manner: 'sound',
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        listener.close(() => resolve());
      }),
  };
  return server_;
}

/** The JSON of a message. */
export function recordOf(message: string): AuditRecord {
  return JSON.parse(message.slice(message.indexOf('{'))) as AuditRecord;
}

export interface Hook {
  readonly url: string;
  readonly port: number;
  /** What was acknowledged. */
  readonly records: AuditRecord[];
  readonly deliveries: string[];
  requests: number;
  answer: number | 'hang' | 'reset';
  /** Requests whose signature was wrong. */
  forged: number;
  close(): Promise<void>;
}

export async function startHook(secret: string, port = 0): Promise<Hook> {
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('error', () => undefined);
    request.on('end', () => {
      hook.requests += 1;
      const {
        'x-postern-timestamp': timestamp = '',
        'x-postern-signature': signature = '',
        'x-postern-delivery': delivery = '',
      } = request.headers;
      const expected = Buffer.from(
        `v1=${createHmac('sha256', secret)
          .update(`${String(timestamp)}.${body}`)
          .digest('hex')}`,
      );
      const given = Buffer.from(String(signature));
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) hook.forged += 1;
      if (hook.answer === 'hang') return;
      if (hook.answer === 'reset') return void request.socket.destroy();
      if (hook.answer < 300) {
        hook.deliveries.push(String(delivery));
        hook.records.push(
          ...body
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as AuditRecord),
        );
      }
      response.writeHead(hook.answer, hook.answer === 307 ? { Location: '/elsewhere' } : {}).end('x'.repeat(100));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const hook: Hook = {
    url: `http://127.0.0.1:${address.port}/audit`,
    port: address.port,
    records: [],
    deliveries: [],
    requests: 0,
    answer: 204,
    forged: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return hook;
}
