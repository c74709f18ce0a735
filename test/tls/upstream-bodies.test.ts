// Bodies to and from a product behind TLS: byte for byte, at the pace of the slower side, on connections that are used again.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import tls from 'node:tls';
import { openUpstream, type Upstream } from '../../src/gateway/upstream.js';
import type { Sent } from '../../src/gateway/http1/pool.js';
import { settle } from '../gateway/upstream-peer.js';
import { newAuthority } from '../support/certificates.js';

const MB = 1_048_576;
const authority = newAuthority();
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (length: number, number: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * (2 * number + 1) + (index >> 8) * 31) & 0xff;
  return bytes;
};

/** Answers an upload with itself, and `/<length>/<number>` with so many bytes. */
let connections = 0;
let downloaded = 0;
const product = createServer(authority.issue({}), (incoming, outgoing) => {
  if (incoming.method === 'POST') return void incoming.pipe(outgoing);
  const [, length = '', number = ''] = incoming.url?.split('/') ?? [];
  const bytes = bytesOf(Number(length), Number(number));
  if (Number(number) % 2 === 0) outgoing.setHeader('Content-Length', bytes.length);
  const source = Readable.from(
    (function* () {
      for (let from = 0; from < bytes.length; from += 50_021) {
        downloaded += 50_021;
        yield bytes.subarray(from, from + 50_021);
      }
    })(),
  );
  source.pipe(outgoing);
});
product.on('secureConnection', () => (connections += 1));
let upstream: Upstream;

beforeAll(async () => {
  await once(product.listen(0, '127.0.0.1'), 'listening');
  const origin = new URL(`https://127.0.0.1:${(product.address() as AddressInfo).port}`);
  const trust = { ca: authority.pem, onUntrusted: () => undefined };
  upstream = openUpstream(origin, { connectMs: 5_000, headersMs: 30_000, bodyMs: 30_000 }, trust);
});
afterAll(async () => {
  await upstream.close();
  product.close();
});

interface Exchange {
  readonly sent: Sent;
  readonly pieces: Buffer[];
  readonly bytes: () => number;
  takes: boolean;
  readonly over: Promise<Buffer>;
}

function send(method: string, target: string, body: Readable | null = null, length: number | null = null): Exchange {
  const pieces: Buffer[] = [];
  const headers = ['Host', upstream.host, ...(length === null ? [] : ['Content-Length', String(length)])];
  const state = { takes: true };
  let sent: Sent | null = null;
  let count = 0;
  const over = new Promise<Buffer>((resolve, reject) => {
    sent = upstream.send(
      { method, target, headers, body },
      {
        interim() {},
        head() {},
        body(piece) {
          count += piece.length;
          pieces.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
          return state.takes;
        },
        paused: () => state.takes,
        end: () => resolve(Buffer.concat(pieces)),
        failed: reject,
      },
    );
  });
  return Object.assign(state, { sent: sent!, pieces, bytes: () => count, over });
}

it.each([
  ['with a length', 10 * MB],
  ['in chunks', null],
])('10 MB go there and come back byte for byte, %s [GW-40, GW-43]', async (_how, length) => {
  const bytes = bytesOf(10 * MB, 7);
  const { over } = send('POST', '/', Readable.from([bytes.subarray(0, 3), bytes.subarray(3, 5 * MB), bytes.subarray(5 * MB)]), length);
  expect(sha256(await over)).toBe(sha256(bytes));
});

it('many at once, large and small: no byte of one comes with another, and connections are used again [GW-40, GW-43]', async () => {
  const sizes = [0, 1, 500, 12_288, 16_384, 16_385, 65_536, 2_000_003];
  const before = connections;
  for (let round = 0; round < 3; round += 1) {
    const numbers = Array.from({ length: 24 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((number) => send('GET', `/${sizes[number % sizes.length]}/${number}`).over));
    expect(answers.map(sha256)).toEqual(numbers.map((number) => sha256(bytesOf(sizes[number % sizes.length] ?? 0, number))));
  }
  expect(connections - before).toBeLessThan(30);
});

it('a client that does not take it stops the product, and it arrives whole when it does [GW-40, GW-43]', async () => {
  const total = 48 * MB;
  downloaded = 0;
  const exchange = send('GET', `/${total}/2`);
  exchange.takes = false;
  while (exchange.bytes() === 0) await settle();
  for (let last = -1; last !== downloaded; await settle()) last = downloaded;
  expect([exchange.bytes() < MB, downloaded < total / 2]).toEqual([true, true]);
  exchange.takes = true;
  exchange.sent.resume();
  expect(sha256(await exchange.over)).toBe(sha256(bytesOf(total, 2)));
});

it('an answer whose end and what stands behind it are two records of one packet: nothing behind it is anybody’s [GW-40, GW-43]', async () => {
  const peers: tls.TLSSocket[] = [];
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 16342\r\n\r\n';
  // As much as one record holds (RFC 8446 §5.1).
  const body = 'x'.repeat(16_384 - head.length);
  const server = tls.createServer(authority.issue({}), (socket) => {
    peers.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(`${head}${body}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const former = upstream;
  upstream = openUpstream(
    origin,
    { connectMs: 5_000, headersMs: 5_000, bodyMs: 5_000 },
    { ca: authority.pem, onUntrusted: () => undefined },
  );
  for (let count = 1; count <= 3; count += 1) {
    expect(sha256(await send('GET', '/').over)).toBe(sha256(Buffer.from(body)));
  }
  expect(peers).toHaveLength(3);
  await upstream.close();
  upstream = former;
  server.close();
});
