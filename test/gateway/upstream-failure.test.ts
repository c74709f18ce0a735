// Products that cannot be reached, break off, talk nonsense or are too slow, and clients that go away: one answer and one record each.
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { AuditRecord, Outcome } from '../../src/audit/contract.js';
import { type CanonicalRequest, type ErrorCode, LIMITS } from '../../src/core/index.js';
import { forward } from '../../src/gateway/forward.js';
import { openUpstream } from '../../src/gateway/upstream.js';
import { upstreamErrorCode } from '../../src/gateway/upstream-error.js';
import { type Gate, request } from '../support/gate.js';
import { sendRaw } from '../support/raw-client.js';
import { type Conversation, converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const ISSUE = '/jira/rest/api/2/issue';
const IMPATIENT = {
  POSTERN_UPSTREAM_TIMEOUTS_CONNECT_MS: '300',
  POSTERN_UPSTREAM_TIMEOUTS_HEADERS_MS: '300',
  POSTERN_UPSTREAM_TIMEOUTS_BODY_MS: '300',
};
const gates = gatesOfThisFile(['emulator']);
let gate: Gate;
let count = 0;

beforeAll(async () => {
  gate = await gates.at('emulator');
});

/** One that waits for nobody, before a product whose system keeps a single connection waiting. */
const impatientGate = (): Promise<Gate> => gates.at('emulator', IMPATIENT, { upstream: { backlog: 1 } });

const freshPath = (): string => `/jira/rest/api/2/failure/${(count += 1)}`;
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const hasArrived = (at: Gate, target: string): boolean => at.upstream.requests.some((one) => one.target === target);

/** Begins a request that the product holds, at its end or its head, and resolves when it is there. */
async function hold(at: Gate, path: string, where: 'head' | 'end' = 'end', method = 'GET', body = ''): Promise<Conversation> {
  const client = await converse(at.postern.port);
  void client.write(request(method, path, [await gates.login(at), `x-test-hold: ${where}`], body));
  await at.upstream.until(() => hasArrived(at, path));
  return client;
}

type Told = Pick<AuditRecord, 'decision' | 'outcome' | 'status' | 'code'>;
/** How the request for this path was recorded; it is there once. */
async function recordOf(at: Gate, path: string): Promise<Told> {
  const records = (await at.records()).filter((record) => record.path === path);
  expect(records).toHaveLength(1);
  const { decision, outcome, status, code } = records[0]!;
  return { decision, outcome, status, code };
}

const failed = (status: number, code: ErrorCode): Told => ({ decision: 'permit', outcome: 'failed', status, code });
const ABORTED = 'request.aborted';

/** The gateway's own answer, and nothing else. */
function expectError(text: string, status: number): void {
  const { head, body } = finalAnswer(text);
  expect(head.split(' ')[1]).toBe(String(status));
  expect(head).toContain('Content-Type: application/json;charset=UTF-8');
  expect(JSON.parse(body)).toEqual({ message: expect.any(String) as string, 'status-code': status });
}

describe('a product that cannot be reached', () => {
  it.each(['GET', 'POST'])('is 502, and recorded so: %s [GW-41]', async (method) => {
    // A port that was free a moment ago.
    const placeholder = net.createServer().listen(0, '127.0.0.1');
    await once(placeholder, 'listening');
    const { port } = placeholder.address() as AddressInfo;
    placeholder.close();
    await once(placeholder, 'close');
    const at = await gates.at('emulator', {}, { upstreamOrigin: `http://127.0.0.1:${port}` });
    const path = freshPath();
    const answer = await sendRaw(at.postern.port, request(method, path, [await gates.login(at)], method === 'POST' ? 'body' : ''));
    expectError(answer.raw, 502);
    expect(await recordOf(at, path)).toEqual(failed(502, 'upstream.unreachable'));
  });

  it('that does not take the connection in time is 504 [GW-41]', async () => {
    const at = await impatientGate();
    const login = await gates.login(at);
    process.kill(at.upstream.pid, 'SIGSTOP');
    // The system takes two connections in its place; whoever comes then is not answered.
    const full = [1, 2, 3, 4].map(() => net.connect({ port: at.upstream.port, host: '127.0.0.1' }).on('error', () => undefined));
    await Promise.all(full.slice(0, 2).map((socket) => once(socket, 'connect')));
    const path = freshPath();
    const answer = await sendRaw(at.postern.port, request('GET', path, [login]));
    expectError(answer.raw, 504);
    expect(await recordOf(at, path)).toEqual(failed(504, 'upstream.timeout'));
    process.kill(at.upstream.pid, 'SIGCONT');
    for (const socket of full) socket.destroy();
  });
});

describe('a product that breaks off', () => {
  it.each([
    ['GET', 'reset', 'a reset'],
    ['GET', 'close', 'an end'],
    ['POST', 'reset', 'a reset after the body'],
    ['POST', 'close', 'an end after the body'],
  ] as const)('before it has answered a %s, with %s: 502 (%s), asked once and never again [GW-41]', async (method, how, _what) => {
    const path = freshPath();
    const client = await hold(gate, path, 'end', method, method === 'POST' ? 'body' : '');
    await gate.upstream.end(how);
    expectError(await client.until((text) => text.endsWith('}')), 502);
    client.end();
    expect(gate.upstream.requests.filter((one) => one.target === path)).toHaveLength(1);
    expect(await recordOf(gate, path)).toEqual(failed(502, 'upstream.reset'));
  });

  it.each(['reset', 'close'] as const)(
    'within an upload, with %s: 502, also for a client that reads only afterwards [GW-41]',
    async (how) => {
      const path = freshPath();
      const client = await converse(gate.postern.port);
      client.pause();
      void client.write(request('POST', path, [await gates.login(gate), 'x-test-hold: head', 'Content-Length: 16777216']));
      const sent = client.write(Buffer.alloc(16_777_216, 'x'));
      await gate.upstream.until(() => hasArrived(gate, path));
      await gate.upstream.end(how);
      await sent;
      client.resume();
      expectError(await client.until((text) => text.endsWith('}')), 502);
      client.end();
      expect(await recordOf(gate, path)).toEqual(failed(502, 'upstream.reset'));
    },
  );

  it.each([
    ['1.1', 'a known length', 'Content-Length: 100', 'half', 'reset'],
    ['1.1', 'a known length', 'Content-Length: 100', 'half', 'close'],
    ['1.1', 'chunks', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n', 'reset'],
    ['1.1', 'chunks', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n', 'close'],
    ['1.1', 'a chunk that is cut', 'Transfer-Encoding: chunked', '64\r\nhalf', 'close'],
    ['1.0', 'a known length', 'Content-Length: 100', 'half', 'reset'],
    ['1.0', 'chunks', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n', 'reset'],
    ['1.0', 'chunks', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n', 'close'],
  ] as const)(
    'within an answer (HTTP/%s) with %s: the client never sees it complete [GW-41]',
    async (version, _what, framing, part, how) => {
      const path = freshPath();
      const client = await converse(gate.postern.port);
      const fields = ['Host: postern.test', await gates.login(gate), 'x-test-hold: end'];
      await client.write([`GET ${path} HTTP/${version}`, ...fields, '', ''].join('\r\n'));
      await gate.upstream.until(() => hasArrived(gate, path));
      await gate.upstream.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${part}`);
      await client.until((text) => text.includes('half'));
      await gate.upstream.end(how);
      const text = await client.untilClosed();
      // Where only the connection's end tells, a plain end would be a complete answer.
      if (version === '1.0' && !framing.startsWith('Content-Length')) expect(client.isReset).toBe(true);
      expect(text).not.toContain('\r\n0\r\n');
      expect(await recordOf(gate, path)).toEqual(failed(200, 'upstream.reset'));
    },
  );
});

describe('a product that talks nonsense', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['nothing but a line', '\r\n'],
    ['a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['a line that is no field', 'HTTP/1.1 200 OK\r\nno field\r\nContent-Length: 2\r\n\r\nok'],
    ['NUL in a field', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 2\r\n\r\nok'],
    ['a bare CR in a field', 'HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['no chunk behind a sound one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n'],
    ['a change of protocol that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`],
  ])('%s: 502 and not a byte of it [GW-41]', async (_what, bytes) => {
    const path = freshPath();
    const client = await hold(gate, path);
    await gate.upstream.write(Buffer.from(bytes, 'latin1'), 'close');
    expectError(await client.until((text) => text.endsWith('}')), 502);
    client.end();
    expect(await recordOf(gate, path)).toEqual(failed(502, 'upstream.reset'));
  });

  it('bytes behind an answer are never the answer to somebody else’s request [GW-41, GW-6]', async () => {
    const extra = 'HTTP/1.1 200 OK\r\nX-Smuggled: yes\r\nContent-Length: 0\r\n\r\n';
    for (let round = 0; round < 20; round += 1) {
      const raw = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${extra}`;
      const login = await gates.login(gate);
      const bytes = request('GET', freshPath(), [login, `x-test-raw: ${base64(raw)}`, 'x-test-then: keep']);
      const { answer } = await gate.send(bytes);
      expect([answer.body, answer.headers['x-smuggled']]).toEqual(['ok', undefined]);
      const { answer: next } = await gate.send(request('GET', freshPath(), [login]));
      expect([next.status, next.headers['x-smuggled']]).toEqual([200, undefined]);
    }
  });

  it('an error of the product’s own is its answer, and passes as it is [GW-41]', async () => {
    const raw = 'HTTP/1.1 502 Theirs\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\nbad';
    const path = freshPath();
    const { answer } = await gate.send(request('GET', path, [await gates.login(gate), `x-test-raw: ${base64(raw)}`]));
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([502, 'text/html', 'bad']);
    expect(await recordOf(gate, path)).toEqual({ decision: 'permit', outcome: 'forwarded', status: 502, code: null });
  });
});

describe('a connection that the product closes while it is idle', () => {
  it.each(['close', 'reset'] as const)('with %s costs no request: it had not been sent, and goes another way [GW-41]', async (then) => {
    const login = await gates.login(gate);
    for (let round = 0; round < 25; round += 1) {
      // The answer promises that the connection stays; it does not, at some moment around the next request.
      const { answer } = await gate.send(request('GET', freshPath(), [login, `x-test-then: ${then}`]));
      expect(answer.status).toBe(200);
    }
  });

  it('costs no upload that began before and is sent after [GW-41]', async () => {
    const login = await gates.login(gate);
    for (const framing of ['Content-Length: 4', 'Transfer-Encoding: chunked']) {
      await gate.send(request('GET', freshPath(), [login]));
      const client = await converse(gate.postern.port);
      const path = freshPath();
      await client.write(request('POST', path, [login, framing]));
      // By the answer to this one the gateway has long read the head of the other.
      await gate.send(request('GET', freshPath(), [login]));
      await gate.upstream.closeIdle();
      await client.write(framing.startsWith('T') ? '4\r\nbody\r\n0\r\n\r\n' : 'body');
      expect(finalAnswer(await client.until((text) => text.endsWith('}'))).head.split(' ')[1]).toBe('200');
      client.end();
      expect(gate.upstream.requests.filter((one) => one.target === path).map((one) => one.bytes)).toEqual([4]);
    }
  });
});

describe('a product that is too slow', () => {
  it.each(['GET', 'POST'])('to begin its answer to a %s: 504, and its request is given up [GW-41]', async (method) => {
    const at = await impatientGate();
    const path = freshPath();
    const client = await hold(at, path, 'end', method, method === 'POST' ? 'body' : '');
    expectError(await client.until((text) => text.endsWith('}')), 504);
    client.end();
    await at.upstream.until(() => at.upstream.gone.includes(path));
    expect(await recordOf(at, path)).toEqual(failed(504, 'upstream.timeout'));
  });

  it('within its answer: the client never sees it complete [GW-41]', async () => {
    const at = await impatientGate();
    const path = freshPath();
    const client = await hold(at, path);
    await at.upstream.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    const text = await client.untilClosed();
    expect(finalAnswer(text).body).toBe('half');
    await at.upstream.until(() => at.upstream.gone.includes(path));
    expect(await recordOf(at, path)).toEqual(failed(200, 'upstream.timeout'));
  });

  it('is not waited for without end: a timeout of 0 is refused at the start [GW-41, GW-52]', async () => {
    const name = 'POSTERN_UPSTREAM_TIMEOUTS_HEADERS_MS';
    await expect(gates.at('emulator', { [name]: '0' })).rejects.toThrow(name);
  });
});

describe('a client that goes away', () => {
  it.each([
    ['with an end', (client: Conversation) => client.end()],
    ['with a reset', (client: Conversation) => client.reset()],
  ])('%s, before the answer: the product’s request is given up, and the trail says so [GW-41, AUD-1]', async (_how, leave) => {
    const path = freshPath();
    const client = await hold(gate, path);
    leave(client);
    await gate.upstream.until(() => gate.upstream.gone.includes(path));
    expect(await recordOf(gate, path)).toEqual({ decision: 'permit', outcome: 'aborted', status: 499, code: ABORTED });
  });

  it.each([
    ['with an end', (client: Conversation) => client.end()],
    ['with a reset', (client: Conversation) => client.reset()],
  ])('%s, within the answer [GW-41, AUD-1]', async (_how, leave) => {
    const path = freshPath();
    const client = await hold(gate, path);
    await gate.upstream.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await client.until((text) => text.endsWith('half'));
    leave(client);
    await gate.upstream.until(() => gate.upstream.gone.includes(path));
    expect(await recordOf(gate, path)).toEqual({ decision: 'permit', outcome: 'aborted', status: 200, code: ABORTED });
  });

  it('within an answer that is too large for every buffer on the way [GW-41, AUD-1]', async () => {
    const path = `${freshPath()}/download/100000000`;
    const client = await converse(gate.postern.port);
    await client.write(request('GET', path, [await gates.login(gate)]));
    await client.untilReceived(1);
    client.reset();
    await gate.upstream.until(() => gate.upstream.gone.includes(path));
    expect(await recordOf(gate, path)).toEqual({ decision: 'permit', outcome: 'aborted', status: 200, code: ABORTED });
  });

  it.each([
    ['with an end', (client: Conversation) => client.end()],
    ['with a reset', (client: Conversation) => client.reset()],
  ])('%s, within its upload [GW-41, AUD-1]', async (_how, leave) => {
    const path = freshPath();
    const client = await converse(gate.postern.port);
    await client.write(`${request('POST', path, [await gates.login(gate), 'Content-Length: 100', 'x-test-progress: yes'])}half`);
    await gate.upstream.until(() => gate.upstream.progress.get(path) === 4);
    leave(client);
    await gate.upstream.until(() => gate.upstream.gone.includes(path));
    expect(hasArrived(gate, path)).toBe(false);
    expect(await recordOf(gate, path)).toEqual({ decision: 'permit', outcome: 'aborted', status: 499, code: ABORTED });
  });

  it('within an upload that the product is slow to read [GW-41, AUD-1]', async () => {
    const path = freshPath();
    const client = await converse(gate.postern.port);
    void client.write(request('POST', path, [await gates.login(gate), 'Content-Length: 100000000', 'x-test-hold: head']));
    void client.write(Buffer.alloc(50_000_000, 'x'));
    await gate.upstream.until(() => hasArrived(gate, path));
    client.reset();
    // Nothing is read from the client while the product does not read, so it is then that it is missed.
    await gate.upstream.read();
    await gate.upstream.until(() => gate.upstream.gone.includes(path));
    expect(await recordOf(gate, path)).toEqual({ decision: 'permit', outcome: 'aborted', status: 499, code: ABORTED });
  });

  it('before the first byte of its upload: nothing reached the product, and the trail says so [GW-41, AUD-1]', async () => {
    const path = freshPath();
    const client = await converse(gate.postern.port);
    await client.write(request('POST', path, [await gates.login(gate), 'Content-Length: 100', 'Expect: 100-continue']));
    await client.until((text) => text.includes('100 Continue'));
    client.reset();
    let told: Told | null = null;
    while (told === null || told.outcome === 'in-flight') told = await recordOf(gate, path);
    expect(told).toEqual({ decision: 'permit', outcome: 'aborted', status: 499, code: ABORTED });
    expect(hasArrived(gate, path)).toBe(false);
  });
});

describe('codes', () => {
  it.each<[string, ErrorCode]>([
    ['ECONNREFUSED', 'upstream.unreachable'],
    ['ENOTFOUND', 'upstream.unreachable'],
    ['EAI_AGAIN', 'upstream.unreachable'],
    ['EHOSTUNREACH', 'upstream.unreachable'],
    ['ENETUNREACH', 'upstream.unreachable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'upstream.untrusted'],
    ['CERT_HAS_EXPIRED', 'upstream.untrusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream.untrusted'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'upstream.untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'upstream.untrusted'],
    ['UND_ERR_CONNECT_TIMEOUT', 'upstream.timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'upstream.timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'upstream.timeout'],
    ['ETIMEDOUT', 'upstream.timeout'],
    ['ECONNRESET', 'upstream.reset'],
    ['EPIPE', 'upstream.reset'],
    ['UND_ERR_SOCKET', 'upstream.reset'],
    ['HPE_INVALID_CONSTANT', 'upstream.reset'],
    ['a code nobody has seen', 'upstream.reset'],
  ])('%s is %s [GW-41]', (code, expected) => {
    expect(upstreamErrorCode(Object.assign(new Error('x'), { code }))).toBe(expected);
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'text'],
    ['an error without a code', new Error('without a code')],
  ])('%s is upstream.reset [GW-41]', (_what, thrown) => {
    expect(upstreamErrorCode(thrown)).toBe('upstream.reset');
  });
});

it('a full queue before the product is 503, and nothing is asked of it [GW-52]', async () => {
  const upstream = openUpstream(new URL(gate.upstream.origin), { connectMs: 1_000, headersMs: 1_000, bodyMs: 1_000 });
  upstream.load.count = LIMITS.upstreamQueueMax + LIMITS.upstreamConnectionsMax;
  const outcomes: Outcome[] = [];
  const server = createServer((incoming, outgoing) => {
    const order = { request: { method: 'GET', target: ISSUE } as CanonicalRequest, upstream, headers: [], added: [] };
    const inbound = { keepsCookies: true, keepsChallenges: true, upstreamOrigin: '', ownOrigin: '', replaced: new Set<string>() };
    void forward({ incoming, outgoing }, { ...order, inbound }).then((outcome) => outcomes.push(outcome));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const before = gate.upstream.requests.length;
  const answer = await sendRaw((server.address() as AddressInfo).port, request('GET', ISSUE));
  expectError(answer.raw, 503);
  expect(outcomes.map(({ kind, status, code }) => ({ kind, status, code }))).toEqual([
    { kind: 'failed', status: 503, code: 'upstream.overloaded' },
  ]);
  expect([gate.upstream.requests.length, upstream.load.count]).toEqual([before, LIMITS.upstreamQueueMax + LIMITS.upstreamConnectionsMax]);
  server.close();
  await upstream.close();
});

it('after all of this everything runs, and nothing was unforeseen [GW-41]', async () => {
  for (const at of [gate, await impatientGate()]) {
    const { answer } = await at.send(request('GET', freshPath(), [await gates.login(at)]));
    expect(answer.status).toBe(200);
    expect(at.postern.output()).not.toMatch(/platform\.unexpected|uncaught|unhandled|DeprecationWarning/i);
    const open = (await at.records()).filter((record) => record.kind === 'request' && record.outcome === 'in-flight');
    expect(open).toEqual([]);
  }
});
