// Bodies and everything about them, piece by piece over real sockets: they flow both ways at the pace of the slower side, in constant
// memory, and reach the other end byte for byte.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Gate, request } from '../support/gate.js';
import { sendRaw } from '../support/raw-client.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const gates = gatesOfThisFile();
const ISSUE = '/jira/rest/api/2/issue';
const MB = 1_048_576;
let gate: Gate;
let login: string;
let count = 0;

beforeAll(async () => {
  gate = await gates.at('gateway');
  login = await gates.login(gate);
});

/** A target of its own, so that what the product tells of it cannot be taken for another's. */
const freshTarget = (path = ISSUE): string => `${path}?n=${(count += 1)}`;
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const base64 = (text: string | Buffer): string => Buffer.from(text as string, 'latin1').toString('base64');

function head(method: string, target: string, ...fields: readonly string[]): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: postern.test', login, ...fields, '', ''].join('\r\n');
}

/** One request whose answer the product writes as these bytes; everything the client gets. */
async function rawAnswer(bytes: string | Buffer, method = 'GET', fields: readonly string[] = [], version = '1.1'): Promise<string> {
  const conversation = await converse(gate.postern.port);
  const lines = [`${method} ${freshTarget()} HTTP/${version}`, 'Host: postern.test', login, `x-test-raw: ${base64(bytes)}`, 'Connection: close'];
  await conversation.write([...lines, ...fields, '', ''].join('\r\n'));
  return conversation.untilClosed();
}

/** The bodies of a chunked answer, put together; the trailers behind them. */
function unchunk(body: string): { text: string; trailers: string } {
  let text = '';
  let rest = body;
  for (;;) {
    const [line = '', size = ''] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    const length = Number.parseInt(size, 16);
    if (Number.isNaN(length)) throw new Error(`no chunk: ${JSON.stringify(rest.slice(0, 100))}`);
    if (length === 0) return { text, trailers: rest.slice(line.length) };
    text += rest.slice(line.length, line.length + length);
    rest = rest.slice(line.length + length + 2);
  }
}

/** Resident memory of the process under test, and the most it ever had: bytes. */
function memory(): { now: number; most: number } {
  const text = readFileSync(`/proc/${gate.postern.child.pid}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) * 1_024;
  return { now: read('VmRSS'), most: read('VmHWM') };
}

/** Resolves when the number has stayed the same through many turns of the process under test: nothing flows any more. */
async function untilStill(read: () => number | Promise<number>): Promise<number> {
  let last = -1;
  for (let same = 0; same < 25; ) {
    await fetch(`${gate.postern.origin}/readyz`);
    const value = await read();
    same = value === last ? same + 1 : 0;
    last = value;
  }
  return last;
}

describe('an upload', () => {
  it.each([
    ['of a known length', 'Content-Length: 8', ['abcd', 'efgh'], 'content-length: 8'],
    ['in chunks', 'Transfer-Encoding: chunked', ['4\r\nabcd\r\n', '4;x=y\r\nefgh\r\n0\r\n\r\n'], 'transfer-encoding: chunked'],
  ])('%s reaches the product while it is still being sent [GW-40]', async (_how, framing, [first = '', second = ''], framed) => {
    const target = freshTarget();
    const client = await converse(gate.postern.port);
    await client.write(head('POST', target, framing, 'x-test-progress: yes') + first);
    await gate.upstream.until(() => gate.upstream.progress.get(target) === 4);
    expect(gate.upstream.requests.some((one) => one.target === target)).toBe(false);
    await client.write(second);
    await client.until((text) => text.includes('{"ok":true}'));
    client.end();
    const received = gate.upstream.requests.find((one) => one.target === target);
    expect([received?.bytes, received?.sha256]).toEqual([8, sha256('abcdefgh')]);
    expect(received?.rawHeaders.join('\n')).toContain(framed.replace(': ', '\n'));
  });

  it('waits for a product that does not read, in constant memory, and arrives whole when it does [GW-40]', async () => {
    const total = 192 * MB;
    const piece = Buffer.alloc(MB, 'upload');
    const target = freshTarget();
    const before = memory().now;
    const client = await converse(gate.postern.port);
    const digest = createHash('sha256');
    void client.write(head('POST', target, `Content-Length: ${total}`, 'x-test-hold: head'));
    for (let sent = 0; sent < total; sent += piece.length) {
      digest.update(piece);
      void client.write(piece);
    }
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === target));
    const sent = await untilStill(() => client.sent);
    expect(sent).toBeLessThan(64 * MB);
    expect(memory().now - before).toBeLessThan(64 * MB);
    await gate.upstream.read();
    await client.until((text) => text.includes('{"ok":true}'));
    client.end();
    const received = gate.upstream.requests.findLast((one) => one.target === target);
    expect([received?.bytes, received?.sha256]).toEqual([total, digest.digest('hex')]);
    expect(memory().most - before).toBeLessThan(160 * MB);
  });

  it.each([
    ['of a known length', (body: Buffer): Buffer => Buffer.concat([Buffer.from(head('POST', ISSUE, `Content-Length: ${body.length}`)), body])],
    [
      'in chunks of every size',
      (body: Buffer): Buffer => {
        const parts: Buffer[] = [Buffer.from(head('POST', ISSUE, 'Transfer-Encoding: chunked'))];
        for (let from = 0, size = 1; from < body.length; from += size, size = (size * 7) % 4_099) {
          const chunk = body.subarray(from, from + size);
          parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
        }
        return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
      },
    ],
  ])('%s arrives byte for byte [GW-40]', async (_how, bytesFor) => {
    const body: Buffer = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 256));
    const { answer, received } = await gate.send(bytesFor(body));
    expect(answer.status).toBe(200);
    expect(received.map((one) => [one.bytes, one.sha256])).toEqual([[body.length, sha256(body)]]);
  });

  it('loses its trailers: they do not travel [GW-40]', async () => {
    const fields = [login, 'Transfer-Encoding: chunked', 'Trailer: X-Sum, X-Forwarded-User'];
    const bytes = `${request('POST', ISSUE, fields)}2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-Forwarded-User: root\r\n\r\n`;
    const { answer, received } = await gate.send(bytes);
    expect([answer.status, received.length, received[0]?.bytes]).toEqual([200, 1, 2]);
    expect(received[0]?.rawTrailers).toEqual([]);
    expect(gate.upstream.header(received[0], 'Trailer')).toEqual([]);
  });

  it.each([
    ['GET', 'body', ['content-length', '4']],
    ['DELETE', 'body', ['content-length', '4']],
    ['OPTIONS', 'body', ['content-length', '4']],
    ['PUT', 'body', ['content-length', '4']],
    ['PATCH', 'body', ['content-length', '4']],
  ])('of a %s is carried as well [GW-40]', async (method, body, framed) => {
    const { answer, received } = await gate.send(request(method, ISSUE, [login], body));
    expect([answer.status, received.map((one) => [one.method, one.bytes])]).toEqual([200, [[method, 4]]]);
    expect(received[0]?.rawHeaders.join(' ')).toContain(framed.join(' '));
  });

  it.each([
    ['POST', 'Content-Length: 0', 'an empty body that is said to be empty', ''],
    ['POST', 'X-None: 1', 'no body and no length', ''],
    ['POST', 'Content-Length: 000', 'zero with zeros before it', ''],
    ['POST', 'Transfer-Encoding: chunked', 'no chunks', '0\r\n\r\n'],
    ['GET', 'Content-Length: 0', 'GET with an empty body', ''],
    ['GET', 'Transfer-Encoding: chunked', 'GET with no chunks', '0\r\n\r\n'],
    ['DELETE', 'Content-Length: 0', 'DELETE with an empty body', ''],
    ['PUT', 'Content-Length: 0', 'PUT with an empty body', ''],
  ])('%s with `%s` (%s) arrives without a body, and the next request on the connection is itself [GW-40, GW-6]', async (method, field, _why, body) => {
    const client = await converse(gate.postern.port);
    const [first, second] = [freshTarget(), freshTarget()];
    await client.write(head(method, first, field) + body + head('GET', second, 'Connection: close'));
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    const received = gate.upstream.requests.filter((one) => one.target === first || one.target === second);
    expect(received.map((one) => [one.method, one.target, one.bytes])).toEqual([
      [method, first, 0],
      ['GET', second, 0],
    ]);
  });

  it('may be longer than the bodies Postern reads itself [GW-40, GW-52]', async () => {
    const body = 'x'.repeat(3 * MB);
    const { answer, received } = await gate.send(request('POST', ISSUE, [login], body));
    expect([answer.status, received[0]?.bytes]).toEqual([200, body.length]);
  });
});

describe('a download', () => {
  it.each([
    ['of a known length', 'Content-Length: 8', ['abcd', 'efgh'], 'Content-Length: 8'],
    ['in chunks', 'Transfer-Encoding: chunked', ['4\r\nabcd\r\n', '4\r\nefgh\r\n0\r\n\r\n'], 'Transfer-Encoding: chunked'],
    ['that ends with its connection', 'Connection: close', ['abcd', 'efgh'], 'Transfer-Encoding: chunked'],
  ])('%s reaches the client while it is still being sent [GW-40]', async (_how, framing, [first = '', second = ''], framed) => {
    const client = await converse(gate.postern.port);
    const target = freshTarget();
    await client.write(head('GET', target, 'x-test-hold: end'));
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === target));
    await gate.upstream.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${first}`);
    const text = await client.until((received) => received.includes('abcd'));
    expect(text).toContain(`\r\n${framed}\r\n`);
    await gate.upstream.write(second, 'close');
    await client.until((received) => received.includes('efgh') && (framed.startsWith('C') || received.endsWith('0\r\n\r\n')));
    client.end();
  });

  it('begins with its head, before there is a body [GW-40]', async () => {
    const client = await converse(gate.postern.port);
    const target = freshTarget();
    await client.write(head('GET', target, 'x-test-hold: end'));
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === target));
    await gate.upstream.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Early: 1\r\n\r\n');
    await client.until((received) => received.includes('X-Early: 1') && received.endsWith('\r\n\r\n'));
    await gate.upstream.write('ok', 'close');
    await client.until((received) => received.endsWith('\r\n\r\nok'));
    client.end();
  });

  it('waits for a client that does not read, in constant memory, and arrives whole when it does [GW-40]', async () => {
    const total = 192 * MB;
    const client = await converse(gate.postern.port);
    const before = memory().now;
    await client.write(head('GET', freshTarget(`/jira/rest/api/2/download/${total}`)));
    await client.untilReceived(1);
    client.pause();
    const received = await untilStill(async () => {
      await gate.upstream.answerWith(null);
      return gate.upstream.sent;
    });
    expect(received).toBeLessThan(64 * MB);
    expect(memory().now - before).toBeLessThan(64 * MB);
    client.resume();
    await client.untilReceived(total);
    const headLength = finalAnswer(client.text).head.length + 4;
    await client.untilReceived(total + headLength);
    expect(client.received).toBe(total + headLength);
    expect(memory().most - before).toBeLessThan(160 * MB);
    client.end();
  });

  it('of 204 and 304 ends with its head, whatever length it names [GW-40]', async () => {
    const cases = [
      ['HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n', 204],
      ['HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 1234\r\n\r\n', 304],
      ['HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', 304],
    ] as const;
    for (const [bytes, status] of cases) {
      const text = await rawAnswer(bytes, 'GET', ['If-None-Match: "x"']);
      const { head: answered, body } = finalAnswer(text);
      expect([answered.split(' ')[1], body]).toEqual([String(status), '']);
      expect(answered.toLowerCase()).not.toContain('transfer-encoding');
      for (const field of bytes.split('\r\n').slice(1)) expect(`${answered}\r\n`).toContain(field);
    }
  });

  it.each([
    ['a length', 'Content-Length: 1234'],
    ['chunks', 'Transfer-Encoding: chunked'],
    ['neither', 'X-A: 1'],
  ])('of HEAD that names %s ends with its head, and the connection goes on [GW-40]', async (_what, field) => {
    const client = await converse(gate.postern.port);
    const raw = base64(`HTTP/1.1 200 OK\r\n${field}\r\nETag: "x"\r\n\r\n`);
    await client.write(head('HEAD', freshTarget(), `x-test-raw: ${raw}`) + head('GET', freshTarget(), 'Connection: close'));
    const text = await client.untilClosed();
    const [first = '', second = '', body] = text.split('\r\n\r\n');
    expect(first).toContain('ETag: "x"');
    if (field.startsWith('Content-Length')) expect(first).toContain(field);
    expect([second.startsWith('HTTP/1.1 200 OK'), body]).toEqual([true, '{"ok":true}']);
  });

  it('of a part passes with its range [GW-40]', async () => {
    const raw = base64('HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-3/10\r\nContent-Length: 2\r\n\r\ncd');
    const { answer, received } = await gate.send(request('GET', freshTarget(), [login, 'Range: bytes=2-3', 'If-Range: "x"', `x-test-raw: ${raw}`]));
    expect([answer.status, answer.headers['content-range'], answer.body]).toEqual([206, 'bytes 2-3/10', 'cd']);
    expect([gate.upstream.header(received[0], 'Range'), gate.upstream.header(received[0], 'If-Range')]).toEqual([['bytes=2-3'], ['"x"']]);
  });

  it('passes in the encoding it has, byte for byte [GW-40]', async () => {
    const bytes = gzipSync('hello '.repeat(1_000));
    const answer = Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nContent-Length: ${bytes.length}\r\n\r\n`),
      bytes,
    ]);
    const text = await rawAnswer(answer.toString('latin1'));
    const { head: answered, body } = finalAnswer(text);
    expect(answered).toContain('Content-Encoding: gzip');
    expect(sha256(Buffer.from(body, 'latin1'))).toBe(sha256(bytes));
  });

  it('passes its trailers, announced or not [GW-40]', async () => {
    for (const announced of ['Trailer: X-Sum\r\n', '']) {
      const text = await rawAnswer(`HTTP/1.1 200 OK\r\n${announced}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\nx-b: 1\r\nx-b: 2\r\n\r\n`);
      const { head: answered, body } = finalAnswer(text);
      expect(unchunk(body)).toEqual({ text: 'hi', trailers: 'X-Sum: 42\r\nx-b: 1\r\nx-b: 2\r\n\r\n' });
      expect(answered.includes('Trailer: X-Sum')).toBe(announced !== '');
    }
  });

  it('loses trailers that stand for what was stripped from its head [GW-40, GW-5]', async () => {
    const trailers = 'Set-Cookie: a=b\r\nWWW-Authenticate: Basic\r\nX-Request-Id: theirs\r\nX-AUSERNAME: root\r\nX-Sum: 1';
    const text = await rawAnswer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n${trailers}\r\n\r\n`);
    expect(unchunk(finalAnswer(text).body)).toEqual({ text: 'hi', trailers: 'X-Sum: 1\r\n\r\n' });
  });
});

describe('answers before the answer', () => {
  const FINAL = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

  it.each([
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103 with one link', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style\r\n\r\n', 'Link: </a.css>; rel=preload; as=style\r\n'],
    ['103 with two links in one field', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload, </b.js>; rel=preload\r\n\r\n', 'Link: </a.css>; rel=preload, </b.js>; rel=preload\r\n'],
    ['103 with two fields', 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nLink: </b>; rel=preload\r\n\r\n', 'Link: </a>; rel=preload\r\nLink: </b>; rel=preload\r\n'],
    ['103 with a quoted parameter', 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel="preload next"; title="a, b"\r\n\r\n', 'Link: </a>; rel="preload next"; title="a, b"\r\n'],
    ['103 without a link', 'HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n', 'X-A: 1\r\n'],
    ['two of them', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n', 'Link: </a>; rel=preload\r\n'],
  ])('%s passes, and the final one follows [GW-40]', async (_what, early, expected) => {
    const text = await rawAnswer(early + FINAL);
    expect(text).toContain(expected);
    expect(text.indexOf(expected)).toBeLessThan(text.indexOf('HTTP/1.1 200 OK'));
    expect(finalAnswer(text).body).toBe('ok');
  });

  it('103 loses what a final answer loses [GW-5]', async () => {
    const text = await rawAnswer(`HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nSet-Cookie: a=b\r\nX-Hop: 1\r\nConnection: X-Hop\r\n\r\n${FINAL}`);
    expect(text).toContain('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n');
  });

  it.each(['102 Processing', '103 Early Hints'])('%s is not sent to a client of HTTP/1.0 [GW-40]', async (line) => {
    const text = await rawAnswer(`HTTP/1.1 ${line}\r\nLink: </a>; rel=preload\r\n\r\n${FINAL}`, 'GET', [], '1.0');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(finalAnswer(text).body).toBe('ok');
  });
});

describe('Expect: 100-continue', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

  it.each(['100-continue', '100-Continue'])('%s: a permitted request is told to go on, by us, and the product never sees the field [GW-40]', async (expectation) => {
    const target = freshTarget();
    const client = await converse(gate.postern.port);
    await client.write(head('POST', target, 'Content-Length: 4', `Expect: ${expectation}`));
    expect(await client.until((text) => text.endsWith('\r\n\r\n'))).toBe(CONTINUE);
    await client.write('body');
    await client.until((text) => text.includes('{"ok":true}'));
    client.end();
    const received = gate.upstream.requests.filter((one) => one.target === target);
    expect(received.map((one) => one.bytes)).toEqual([4]);
    expect(gate.upstream.header(received[0], 'Expect')).toEqual([]);
  });

  it('a client that does not wait for it is served as well [GW-40]', async () => {
    const { answer, received } = await gate.send(request('POST', freshTarget(), [login, 'Expect: 100-continue'], 'body'));
    expect([answer.status, received[0]?.bytes]).toEqual([200, 4]);
  });

  it.each([
    ['a wrong token', 'Authorization: Basic eDp5eQ==', ISSUE, 401],
    ['no credential', 'X-None: 1', ISSUE, 401],
    ['a token with other limits', 'limited', ISSUE, 403],
    ['a path that is not accepted', 'valid', '/jira/rest/../x', 400],
    ['a path that is nowhere', 'valid', '/nowhere', 404],
  ])('%s: the refusal goes out without it, and the connection ends [GW-40]', async (_what, credential, target, status) => {
    const fields: Record<string, string> = { limited: await gates.login(gate, { limitTo: '[get].*' }), valid: login };
    const field = fields[credential] ?? credential;
    const client = await converse(gate.postern.port);
    await client.write(request('POST', target, [field, 'Content-Length: 4', 'Expect: 100-continue']));
    const text = await client.untilClosed();
    expect(text).not.toContain('100 Continue');
    const { head: answered } = finalAnswer(text);
    expect([answered.split(' ')[1], answered.toLowerCase().includes('connection: close')]).toEqual([String(status), true]);
  });

  it.each(['200-ok', '100-continue, 200-ok', '100-continue, 100-continue', '"100-continue"'])('another expectation, `%s`, is 417 [GW-40]', async (expectation) => {
    const before = gate.upstream.requests.length;
    const answer = await sendRaw(gate.postern.port, head('POST', ISSUE, 'Content-Length: 4', `Expect: ${expectation}`, 'Connection: close'));
    expect([answer.status, gate.upstream.requests.length]).toEqual([417, before]);
  });

  it('is ignored in HTTP/1.0, which knows no 100 [GW-40]', async () => {
    const client = await converse(gate.postern.port);
    const fields = ['Host: postern.test', login, 'Content-Length: 4', 'Expect: 100-continue'];
    await client.write(`POST ${freshTarget()} HTTP/1.0\r\n${fields.join('\r\n')}\r\n\r\nbody`);
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each([
    ['a token system’s', 'POST', '/jira/rest/extender/1.0/tokenTools/set', '{"label":"continued","userName":"admin"}', 200],
    ['the control plane’s', 'POST', '/api/v1/users', '{"username":"continued","password":"continued-password"}', 201],
  ])('to a resource of our own, %s, is answered too [GW-40]', async (_whose, method, target, body, status) => {
    const client = await converse(gate.postern.port);
    const fields = [`Authorization: ${gate.password}`, 'Content-Type: application/json', `Content-Length: ${body.length}`];
    await client.write(request(method, target, [...fields, 'Expect: 100-continue']));
    await client.until((text) => text === CONTINUE);
    await client.write(body);
    const text = await client.until((received) => /\r\n\r\n\{.*\}$/.test(received));
    expect(finalAnswer(text).head.split(' ')[1]).toBe(String(status));
    client.end();
  });
});

describe('an answer that comes before the upload is complete', () => {
  const EARLY = base64('HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge');

  it('reaches the client at once [GW-40, GW-41]', async () => {
    const client = await converse(gate.postern.port);
    const target = freshTarget();
    await client.write(head('POST', target, `Content-Length: ${MB}`, 'x-test-hold: head') + 'x'.repeat(1_000));
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === target));
    await gate.upstream.write(Buffer.from(EARLY, 'base64'));
    const text = await client.until((received) => received.endsWith('large'));
    expect(finalAnswer(text).head.split(' ')[1]).toBe('413');
    client.reset();
  });

  it.each([
    ['keeps its connection', 'keep'],
    ['closes its connection', 'close'],
  ] as const)('reaches a client that reads only after it has sent everything, when the product %s [GW-40]', async (_what, then) => {
    const total = 24 * MB;
    const client = await converse(gate.postern.port);
    client.pause();
    const target = freshTarget();
    void client.write(head('POST', target, `Content-Length: ${total}`, 'x-test-hold: head'));
    const sent = client.write(Buffer.alloc(total, 'x'));
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === target));
    await gate.upstream.write(Buffer.from(EARLY, 'base64'), then);
    await sent;
    client.resume();
    const text = await client.until((received) => received.endsWith('large'));
    expect(finalAnswer(text).head.split(' ')[1]).toBe('413');
    client.end();
  });

  it('leaves the connection fit for the next request, or ended [GW-40, GW-6]', async () => {
    const client = await converse(gate.postern.port);
    const [first, second] = [freshTarget(), freshTarget()];
    const body = 'x'.repeat(200_000);
    void client.write(head('POST', first, `Content-Length: ${body.length}`, 'x-test-hold: head'));
    void client.write(body.slice(0, 100_000));
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === first));
    await gate.upstream.write(Buffer.from(EARLY, 'base64'));
    await client.until((received) => received.endsWith('large'));
    void client.write(body.slice(100_000) + head('GET', second, 'Connection: close'));
    const text = await client.untilClosed();
    const answers = text.match(/HTTP\/1\.1 \d+/g);
    // Whatever follows is an answer to the second request, never to what the body holds.
    expect([['HTTP/1.1 413'], ['HTTP/1.1 413', 'HTTP/1.1 200']]).toContainEqual(answers);
    expect(gate.upstream.requests.filter((one) => one.target === second)).toHaveLength((answers?.length ?? 0) - 1);
  });
});

describe('connections', () => {
  it('several requests written at once are answered in their order, each judged for itself [GW-40, GW-20]', async () => {
    const client = await converse(gate.postern.port);
    const targets = Array.from({ length: 5 }, () => freshTarget());
    const limited = await gates.login(gate, { limitTo: '[post].*' });
    const all = targets.map((target, index) =>
      index === 2 ? request('GET', target, [limited]) : head('GET', target, `x-test-raw: ${base64(`HTTP/1.1 200 OK\r\nX-Number: ${index}\r\nContent-Length: 0\r\n\r\n`)}`),
    );
    await client.write(`${all.join('')}${head('GET', freshTarget(), 'Connection: close')}`);
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1 \d+|X-Number: \d/g)).toEqual([
      'HTTP/1.1 200',
      'X-Number: 0',
      'HTTP/1.1 200',
      'X-Number: 1',
      'HTTP/1.1 403',
      'HTTP/1.1 200',
      'X-Number: 3',
      'HTTP/1.1 200',
      'X-Number: 4',
      'HTTP/1.1 200',
    ]);
    expect(gate.upstream.requests.some((one) => one.target === targets[2])).toBe(false);
  });

  it('a request that is sent before the answer to the one before it does not overtake it [GW-40]', async () => {
    const client = await converse(gate.postern.port);
    const [first, second] = [freshTarget(), freshTarget()];
    await client.write(head('DELETE', first, 'x-test-hold: end') + head('GET', second, 'Connection: close'));
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === first));
    // Plenty of turns for the second to come as well, if anything let it.
    await untilStill(() => gate.upstream.requests.length);
    expect(gate.upstream.requests.some((one) => one.target === second)).toBe(false);
    await gate.upstream.write('HTTP/1.1 204 No Content\r\n\r\n', 'close');
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 200']);
    expect(gate.upstream.requests.some((one) => one.target === second)).toBe(true);
  });

  it.each([
    ['as many as may wait', 101, false],
    ['one more', 102, true],
  ])('%s behind one that is slow: cut off: %s [GW-52]', async (_what, requests, isCut) => {
    const client = await converse(gate.postern.port);
    const first = freshTarget();
    const short = `GET ${freshTarget()} HTTP/1.1\r\nHost: a\r\n${login}\r\n\r\n`;
    await client.write(head('GET', first, 'x-test-hold: end') + short.repeat(requests - 1));
    if (isCut) return void expect(await client.untilClosed()).toBe('');
    await gate.upstream.until(() => gate.upstream.requests.some((one) => one.target === first));
    await gate.upstream.write('HTTP/1.1 204 No Content\r\n\r\n', 'close');
    await client.until((text) => text.match(/HTTP\/1\.1 /g)?.length === requests);
    client.end();
  });

  it('those to the product are kept and used again [GW-40]', async () => {
    const numbers = new Set<number>();
    for (let index = 0; index < 5; index += 1) {
      const { received } = await gate.send(request('GET', freshTarget(), [login]));
      for (const { connection } of received) numbers.add(connection);
    }
    expect(numbers.size).toBe(1);
  });

  it.each([
    ['a known length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'Content-Length: 2'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n', null],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nok', null],
  ])('a client of HTTP/1.0 gets an answer with %s as HTTP/1.0 has it: no chunks, and its end is the connection’s [GW-40]', async (_what, bytes, length) => {
    const text = await rawAnswer(bytes, 'GET', [], '1.0');
    const { head: answered, body } = finalAnswer(text);
    expect(body).toBe('ok');
    expect(answered.toLowerCase()).not.toMatch(/transfer-encoding|trailer/);
    if (length !== null) expect(answered).toContain(length);
  });
});
