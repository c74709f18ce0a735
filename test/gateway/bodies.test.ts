// Bodies that are there, that are empty and that are not: what frames them, and what stands before and behind them, field by field.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { request } from '../support/gate.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';
import { base64, MB, openWire, unchunk, type Wire } from './wire.js';

const gates = gatesOfThisFile();
let wire: Wire;
beforeAll(async () => {
  wire = await openWire(gates);
});

const ISSUE = '/jira/rest/api/2/issue';
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('an upload', () => {
  it('loses its trailers: they do not travel [GW-40]', async () => {
    const fields = [wire.login, 'Transfer-Encoding: chunked', 'Trailer: X-Sum, X-Forwarded-User'];
    const bytes = `${request('POST', ISSUE, fields)}2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-Forwarded-User: root\r\n\r\n`;
    const { answer, received } = await wire.gate.send(bytes);
    expect([answer.status, received.length, received[0]?.bytes]).toEqual([200, 1, 2]);
    expect(received[0]?.rawTrailers).toEqual([]);
    expect(wire.gate.upstream.header(received[0], 'Trailer')).toEqual([]);
  });

  it.each([
    ['GET', 'body', ['Content-Length', '4']],
    ['DELETE', 'body', ['Content-Length', '4']],
    ['OPTIONS', 'body', ['Content-Length', '4']],
    ['PUT', 'body', ['Content-Length', '4']],
    ['PATCH', 'body', ['Content-Length', '4']],
  ])('of a %s is carried as well [GW-40]', async (method, body, framed) => {
    const { answer, received } = await wire.gate.send(request(method, ISSUE, [wire.login], body));
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
  ])(
    '%s with `%s` (%s) arrives without a body, and the next request on the connection is itself [GW-40, GW-6]',
    async (method, field, _why, body) => {
      const client = await converse(wire.gate.postern.port);
      const [first, second] = [wire.freshTarget(), wire.freshTarget()];
      await client.write(wire.head(method, first, field) + body + wire.head('GET', second, 'Connection: close'));
      const text = await client.untilClosed();
      expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
      const received = wire.gate.upstream.requests.filter((one) => one.target === first || one.target === second);
      expect(received.map((one) => [one.method, one.target, one.bytes])).toEqual([
        [method, first, 0],
        ['GET', second, 0],
      ]);
    },
  );

  it('may be longer than the bodies Postern reads itself [GW-40, GW-52]', async () => {
    const body = 'x'.repeat(3 * MB);
    const { answer, received } = await wire.gate.send(request('POST', ISSUE, [wire.login], body));
    expect([answer.status, received[0]?.bytes]).toEqual([200, body.length]);
  });
});

describe('a download', () => {
  it('of 204 and 304 ends with its head, whatever length it names [GW-40]', async () => {
    const cases = [
      ['HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n', 204],
      ['HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 1234\r\n\r\n', 304],
      ['HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', 304],
    ] as const;
    for (const [bytes, status] of cases) {
      const text = await wire.rawAnswer(bytes, { fields: ['If-None-Match: "x"'] });
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
    const client = await converse(wire.gate.postern.port);
    const raw = base64(`HTTP/1.1 200 OK\r\n${field}\r\nETag: "x"\r\n\r\n`);
    await client.write(
      wire.head('HEAD', wire.freshTarget(), `x-test-raw: ${raw}`) + wire.head('GET', wire.freshTarget(), 'Connection: close'),
    );
    const text = await client.untilClosed();
    const [first = '', second = '', body] = text.split('\r\n\r\n');
    expect(first).toContain('ETag: "x"');
    if (field.startsWith('Content-Length')) expect(first).toContain(field);
    expect([second.startsWith('HTTP/1.1 200 OK'), body]).toEqual([true, '{"ok":true}']);
  });

  it('of a part passes with its range [GW-40]', async () => {
    const raw = base64('HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-3/10\r\nContent-Length: 2\r\n\r\ncd');
    const { answer, received } = await wire.gate.send(
      request('GET', wire.freshTarget(), [wire.login, 'Range: bytes=2-3', 'If-Range: "x"', `x-test-raw: ${raw}`]),
    );
    expect([answer.status, answer.headers['content-range'], answer.body]).toEqual([206, 'bytes 2-3/10', 'cd']);
    expect([wire.gate.upstream.header(received[0], 'Range'), wire.gate.upstream.header(received[0], 'If-Range')]).toEqual([
      ['bytes=2-3'],
      ['"x"'],
    ]);
  });

  it('passes in the encoding it has, byte for byte [GW-40]', async () => {
    const bytes = gzipSync('hello '.repeat(1_000));
    const answer = Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nContent-Length: ${bytes.length}\r\n\r\n`),
      bytes,
    ]);
    const text = await wire.rawAnswer(answer.toString('latin1'));
    const { head: answered, body } = finalAnswer(text);
    expect(answered).toContain('Content-Encoding: gzip');
    expect(sha256(Buffer.from(body, 'latin1'))).toBe(sha256(bytes));
  });

  it('passes its trailers, announced or not [GW-40]', async () => {
    for (const announced of ['Trailer: X-Sum\r\n', '']) {
      const text = await wire.rawAnswer(
        `HTTP/1.1 200 OK\r\n${announced}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\nx-b: 1\r\nx-b: 2\r\n\r\n`,
      );
      const { head: answered, body } = finalAnswer(text);
      expect(unchunk(body)).toEqual({ text: 'hi', trailers: 'X-Sum: 42\r\nx-b: 1\r\nx-b: 2\r\n\r\n' });
      expect(answered.includes('Trailer: X-Sum')).toBe(announced !== '');
    }
  });

  it('loses trailers that stand for what was stripped from its head [GW-40, GW-5]', async () => {
    const trailers = 'Set-Cookie: a=b\r\nWWW-Authenticate: Basic\r\nX-Request-Id: theirs\r\nX-AUSERNAME: root\r\nX-Sum: 1';
    const text = await wire.rawAnswer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n${trailers}\r\n\r\n`);
    expect(unchunk(finalAnswer(text).body)).toEqual({ text: 'hi', trailers: 'X-Sum: 1\r\n\r\n' });
  });
});

describe('the header of an answer', () => {
  /** Head lines that the client gets for this head of the product’s. */
  async function headFor(...fields: readonly string[]): Promise<readonly string[]> {
    const raw = Buffer.from(['HTTP/1.1 200 Fine', ...fields, 'Content-Length: 2', '', 'ok'].join('\r\n'), 'latin1').toString('base64');
    const { answer } = await wire.gate.send(request('GET', ISSUE, [wire.login, `x-test-raw: ${raw}`]));
    expect(answer.body).toBe('ok');
    return (answer.raw.split('\r\n\r\n')[0] ?? '').split('\r\n');
  }

  it('keeps its fields, their order, case and repetition, and its reason phrase [GW-40]', async () => {
    const fields = ['X-b: 1', 'Vary: a', 'X-A: 2', 'x-B: 3', 'Vary: b', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'];
    const head = await headFor(...fields);
    expect(head.slice(0, 8)).toEqual(['HTTP/1.1 200 Fine', ...fields, 'Content-Length: 2']);
  });

  it('keeps bytes above ASCII in a value as they are [GW-40]', async () => {
    const name = Buffer.from('attachment; filename="r\u00e9sum\u00e9 \u2013.txt"', 'utf8').toString('latin1');
    expect(await headFor(`Content-Disposition: ${name}`)).toContain(`Content-Disposition: ${name}`);
  });

  it.each([
    ['Proxy-Authenticate: Basic', 'hop-by-hop'],
    ['Proxy-Connection: keep-alive', 'hop-by-hop'],
    ['Keep-Alive: timeout=99', 'hop-by-hop'],
    ['Upgrade: h2c', 'hop-by-hop'],
    ['X-Seraph-LoginReason: AUTHENTICATED_FAILED', 'ours stands instead'],
    ['X-AUSERNAME: somebody', 'ours stands instead'],
    ['Trailer: X-Sum', 'nothing follows a body of known length'],
  ])('loses %s: %s [GW-5, DIR-8]', async (field) => {
    expect(await headFor(field)).not.toContain(field);
  });

  it('loses what its Connection names [GW-5]', async () => {
    const head = await headFor('Connection: X-Hop, keep-alive', 'X-Hop: 1', 'X-Stays: 1');
    expect(head).not.toContain('X-Hop: 1');
    expect(head).toContain('X-Stays: 1');
  });

  it('says who was logged in, in the product’s own words [DIR-8]', async () => {
    expect(await headFor()).toEqual(expect.arrayContaining(['X-Seraph-LoginReason: OK', 'X-AUSERNAME: admin']));
  });

  it('with a reason phrase that HTTP does not allow keeps its status [GW-40]', async () => {
    const raw = Buffer.from('HTTP/1.1 200 Gr\u00fc\u00dfe \u2013 gut\r\nContent-Length: 2\r\n\r\nok', 'utf8').toString('base64');
    const { answer } = await wire.gate.send(request('GET', ISSUE, [wire.login, `x-test-raw: ${raw}`]));
    expect([answer.status, answer.body]).toEqual([200, 'ok']);
  });
});
