// Bodies that a rule asks about: read before the decision, within bounds, and forwarded as they came; over raw sockets, in both profiles.
import { createHash } from 'node:crypto';
import { LIMITS } from '../../src/core/index.js';
import { type Gate, request } from '../support/gate.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const gates = gatesOfThisFile(['gateway'], ['emulator']);
const PATH = '/jira/rest/api/2/issue';
const RULES = '[post,put,get,head,delete].*/issue[JsonData::fields.project.key==KAN\\d*]<br>[get].*/free.*';
const JSON_TYPE = 'Content-Type: application/json';
const GOOD = '{"fields": {"project":{"key":"KAN1"}, "summary":"x"}}';
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const chunked = (text: string, size = 7): string =>
  `${(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map((piece) => `${piece.length.toString(16)};a=b\r\n${piece}\r\n`).join('')}0\r\n\r\n`;

let count = 0;
/** A path of its own, so that its records can be told from others. */
const fresh = (): string => `${PATH}?n=${(count += 1)}`;

async function endOf(gate: Gate, tokenRef: string) {
  const record = (await gate.records()).findLast((one) => one.tokenRef === tokenRef);
  return [record?.decision, record?.outcome, record?.status, record?.code];
}

type Row = readonly [body: string | Buffer, fields: readonly string[], expected: 'allow' | 'deny', why: string];

const ROWS: readonly Row[] = [
  [GOOD, [JSON_TYPE], 'allow', 'an object whose path leads to the text'],
  [GOOD, ['content-type: application/json; charset=UTF-8'], 'allow', 'with its charset'],
  [GOOD, ['Content-Type: application/vnd.x+json'], 'allow', 'a kind of JSON'],
  [` \r\n\t${GOOD}\n`, [JSON_TYPE], 'allow', 'blanks around it are forwarded too'],
  ['{"fields":{"project":{"key":"KAN"}},"é":"\\u00e9"}', [JSON_TYPE], 'allow', 'more than ASCII elsewhere'],
  ['{"fields":{"project":{"key":"OPS"}}}', [JSON_TYPE], 'deny', 'another text'],
  ['{"fields":{"project":{"key":"xKAN1"}}}', [JSON_TYPE], 'deny', 'the text matches whole'],
  ['{"fields":{"project":{"key":["KAN1"]}}}', [JSON_TYPE], 'deny', 'an array on the way'],
  ['{"fields.project.key":"KAN1"}', [JSON_TYPE], 'deny', 'a key with dots is no path'],
  ['{"fields":{"project":{"key":"OPS","key":"KAN1"}}}', [JSON_TYPE], 'deny', 'a duplicate key, the last fits'],
  ['{"fields":{"project":{"key":"KAN1","\\u006bey":"OPS"}}}', [JSON_TYPE], 'deny', 'a duplicate key in escapes'],
  ['{"a":1,"a":2,"fields":{"project":{"key":"KAN1"}}}', [JSON_TYPE], 'deny', 'a duplicate key anywhere'],
  [`[${GOOD}]`, [JSON_TYPE], 'deny', 'not an object'],
  [`${GOOD}${GOOD}`, [JSON_TYPE], 'deny', 'two documents'],
  [`${GOOD.slice(0, -1)},}`, [JSON_TYPE], 'deny', 'a comma too many'],
  [`\ufeff${GOOD}`, [JSON_TYPE], 'deny', 'a byte order mark'],
  [Buffer.from(GOOD, 'utf16le'), [JSON_TYPE], 'deny', 'UTF-16'],
  [Buffer.concat([Buffer.from(GOOD.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]), [JSON_TYPE], 'deny', 'not UTF-8'],
  [GOOD, [], 'deny', 'no content type'],
  [GOOD, ['Content-Type: text/plain'], 'deny', 'read as something else'],
  [GOOD, ['Content-Type: application/x-www-form-urlencoded'], 'deny', 'read as a form'],
  [GOOD, ['Content-Type: application/json; charset=utf-16'], 'deny', 'another charset'],
  [GOOD, [JSON_TYPE, 'Content-Type: text/plain'], 'deny', 'two content types'],
  [GOOD, ['Content_Type: application/json'], 'deny', 'a spelling that only some servers fold'],
  [GOOD, [JSON_TYPE, 'Content_Type: text/plain'], 'deny', 'a second in that spelling'],
  [GOOD, [JSON_TYPE, 'Connection: content-type'], 'deny', 'a content type that does not travel'],
  [GOOD, [JSON_TYPE, 'Content-Encoding: gzip'], 'deny', 'an encoding'],
  [GOOD, [JSON_TYPE, 'Content-Encoding: identity'], 'deny', 'any encoding'],
  [GOOD, [JSON_TYPE, 'content_encoding: gzip'], 'deny', 'an encoding in a spelling that some servers fold'],
  ['', [JSON_TYPE], 'deny', 'no body'],
];

describe.each(['gateway', 'emulator'] as const)('a body that a rule asks about, in the %s profile', (profile) => {
  let gate: Gate;
  let login: string;
  beforeAll(async () => {
    gate = await gates.at(profile);
    login = await gates.login(gate, { limitTo: RULES });
  });

  describe.each(['a length', 'chunks'] as const)('sent with %s', (framing) => {
    it.each(ROWS.map(([body, fields, expected, why]) => ({ body, fields, expected, why })))(
      '$expected: $why [EXT-15]',
      async ({ body, fields, expected }) => {
        const isChunked = framing === 'chunks';
        const bytes = Buffer.from(body as string);
        const sent = isChunked ? Buffer.from(chunked(bytes.toString('latin1')), 'latin1') : bytes;
        const framed = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`;
        const { answer, received } = await gate.send(
          Buffer.concat([Buffer.from(request('POST', fresh(), [login, ...fields, framed])), sent]),
        );
        expect(answer.status).toBe(expected === 'allow' ? 200 : 403);
        expect(received.map((one) => [one.bytes, one.sha256])).toEqual(expected === 'allow' ? [[bytes.length, sha256(bytes)]] : []);
      },
    );
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('of a %s is judged as well, and the connection goes on [EXT-15, GW-40]', async (method) => {
    const client = await converse(gate.postern.port);
    const [first, second, third] = [fresh(), fresh(), '/jira/rest/free'];
    await client.write(request(method, first, [login, JSON_TYPE], GOOD) + request(method, second, [login, JSON_TYPE], '{"fields":1}'));
    await client.write(request('GET', third, [login, 'Connection: close']));
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403', 'HTTP/1.1 200']);
    const arrived = gate.upstream.requests.filter(({ target }) => [first, second].includes(target));
    expect(arrived.map((one) => [one.method, one.target, one.sha256])).toEqual([[method, first, sha256(GOOD)]]);
  });

  it('that comes byte by byte is judged whole, and nothing reaches the product before [EXT-15]', async () => {
    const client = await converse(gate.postern.port);
    const target = fresh();
    await client.write(request('POST', target, [login, JSON_TYPE, `Content-Length: ${GOOD.length}`]));
    for (const byte of GOOD.slice(0, -1)) await client.write(byte);
    await gate.upstream.answerWith(null);
    expect(gate.upstream.requests.some((one) => one.target === target)).toBe(false);
    await client.write(GOOD.slice(-1));
    await client.until((text) => text.includes('{"ok":true}'));
    client.end();
    expect(gate.upstream.requests.findLast((one) => one.target === target)?.sha256).toBe(sha256(GOOD));
  });

  it('is asked for with 100 before the decision; a refusal that needs no body goes out without [EXT-15, GW-40]', async () => {
    const expecting = [login, JSON_TYPE, 'Expect: 100-continue', 'Connection: close'];
    for (const [body, status] of [
      [GOOD, 200],
      ['{"fields":{}}', 403],
    ] as const) {
      const client = await converse(gate.postern.port);
      await client.write(request('POST', fresh(), [...expecting, `Content-Length: ${body.length}`]));
      await client.until((text) => text.startsWith('HTTP/1.1 100 Continue\r\n\r\n'));
      await client.write(body);
      expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', `HTTP/1.1 ${status}`]);
    }
    for (const [target, length, status] of [
      ['/jira/rest/other', 10, 403],
      [PATH, LIMITS.judgedBodyBytesMax + 1, 413],
    ] as const) {
      const client = await converse(gate.postern.port);
      await client.write(request('POST', target, [...expecting, `Content-Length: ${length}`]));
      expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    }
  });

  it.each([
    ['a length', `Content-Length: ${LIMITS.judgedBodyBytesMax + 1}`, 'x'.repeat(LIMITS.judgedBodyBytesMax + 1)],
    ['chunks', 'Transfer-Encoding: chunked', chunked('x'.repeat(LIMITS.judgedBodyBytesMax + 1), 60_000)],
  ])('that is too large by %s is 413 with a record, and the connection goes on [EXT-15, GW-52, AUD-1]', async (_how, framing, body) => {
    const { token, id } = await gate.token({ limitTo: RULES });
    const client = await converse(gate.postern.port);
    const field = `Authorization: ${gate.as(token)}`;
    await client.write(
      request('POST', PATH, [field, JSON_TYPE, framing]) + body + request('GET', '/jira/rest/free', [login, 'Connection: close']),
    );
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    expect(await endOf(gate, id)).toEqual(['deny', 'refused', 413, 'request.body-too-large']);
  });

  it('of exactly the limit is judged and arrives whole [EXT-15]', async () => {
    const body = GOOD.replace('"x"', `"${'x'.repeat(LIMITS.judgedBodyBytesMax - GOOD.length + 1)}"`);
    expect(body).toHaveLength(LIMITS.judgedBodyBytesMax);
    const { answer, received } = await gate.send(request('POST', fresh(), [login, JSON_TYPE], body));
    expect([answer.status, received.map((one) => one.sha256)]).toEqual([200, [sha256(body)]]);
  });

  it('of a client that goes away is recorded as such, and nothing arrives [EXT-15, AUD-1]', async () => {
    const { token, id } = await gate.token({ limitTo: RULES });
    const target = fresh();
    const client = await converse(gate.postern.port);
    const fields = [`Authorization: ${gate.as(token)}`, JSON_TYPE, 'Content-Length: 100', 'Expect: 100-continue'];
    await client.write(request('POST', target, fields));
    await client.until((text) => text.includes('100 Continue'));
    client.reset();
    for (let end = await endOf(gate, id); end[1] !== 'aborted'; end = await endOf(gate, id))
      expect(end[1] ?? 'in-flight').toBe('in-flight');
    expect(await endOf(gate, id)).toEqual(['deny', 'aborted', 499, 'request.aborted']);
    expect(gate.upstream.requests.some((one) => one.target === target)).toBe(false);
  });

  it('is of no use to a token that was revoked while it arrived [EXT-15, GW-21]', async () => {
    const { token, id } = await gate.token({ limitTo: RULES });
    const target = fresh();
    const client = await converse(gate.postern.port);
    const fields = [
      `Authorization: ${gate.as(token)}`,
      JSON_TYPE,
      `Content-Length: ${GOOD.length}`,
      'Expect: 100-continue',
      'Connection: close',
    ];
    await client.write(request('POST', target, fields));
    await client.until((text) => text.includes('100 Continue'));
    const gone = await gate.tokenTools('delete', { id });
    expect(gone.status).toBe(200);
    await client.write(GOOD);
    expect(finalAnswer(await client.untilClosed()).head).toContain('HTTP/1.1 401');
    expect(gate.upstream.requests.some((one) => one.target === target)).toBe(false);
  });

  it('is held in memory for so many requests at once; one more is 503, and each end makes room [EXT-15, GW-52]', async () => {
    const head = request('POST', PATH, [login, JSON_TYPE, 'Content-Length: 100', 'Expect: 100-continue']);
    const clients = await Promise.all(Array.from({ length: LIMITS.judgedBodiesMax }, () => converse(gate.postern.port)));
    await Promise.all(
      clients.map(async (client) => {
        await client.write(head);
        await client.until((text) => text.includes('100 Continue'));
      }),
    );
    const { token, id } = await gate.token({ limitTo: RULES });
    const { answer, received } = await gate.send(request('POST', fresh(), [`Authorization: ${gate.as(token)}`, JSON_TYPE], GOOD));
    expect(await endOf(gate, id)).toEqual(['deny', 'failed', 503, 'policy.overloaded']);
    expect([answer.status, JSON.parse(answer.body), received]).toEqual([
      503,
      { message: 'Too many requests are being checked. Try again later.', 'status-code': 503 },
      [],
    ]);
    expect((await gate.send(request('GET', '/jira/rest/free', [login]))).answer.status).toBe(200);
    // One that ends by its answer, the others by going away.
    await clients[0]?.write('x'.repeat(100));
    await clients[0]?.until((text) => text.includes('HTTP/1.1 403'));
    for (const client of clients) client.reset();
    await fetch(`${gate.postern.origin}/readyz`);
    for (let index = 0; index <= LIMITS.judgedBodiesMax; index += 1) {
      const body = index % 2 === 0 ? GOOD : '{}';
      expect((await gate.send(request('POST', fresh(), [login, JSON_TYPE], body))).answer.status).toBe(index % 2 === 0 ? 200 : 403);
    }
  });
});

describe('a resource of Postern’s own, called with a token whose rule asks about the body', () => {
  it('reads the body that was judged [EXT-15, GW-26]', async () => {
    const gate = await gates.at('emulator');
    const login = await gates.login(gate, { limitTo: '[post].*/tokenTools/set[JsonData::label==mine-.*]' });
    const make = (label: string, framing: 'length' | 'chunked') => {
      const body = JSON.stringify({ label });
      const target = '/jira/rest/extender/1.0/tokenTools/set';
      return framing === 'length'
        ? gate.send(request('POST', target, [login, JSON_TYPE], body))
        : gate.send(request('POST', target, [login, JSON_TYPE, 'Transfer-Encoding: chunked']) + chunked(body));
    };
    for (const framing of ['length', 'chunked'] as const) {
      const { answer } = await make('mine-1', framing);
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { label: 'mine-1' }]);
      expect((await make('yours', framing)).answer.status).toBe(403);
    }
  });

  it.each([
    ['an empty body', `0\r\n\r\n`, 400],
    ['one that another rule lets through', chunked('{"label":"any"}'), 200],
  ])('is not kept waiting by %s in chunks [EXT-15]', async (_what, body, status) => {
    const gate = await gates.at('emulator');
    const login = await gates.login(gate, { limitTo: EITHER });
    const target = '/jira/rest/extender/1.0/tokenTools/set?free=1';
    const { answer } = await gate.send(request('POST', target, [login, JSON_TYPE, 'Transfer-Encoding: chunked']) + body);
    expect(answer.status).toBe(status);
  });
});

/** Asks about the body, and permits without it all the same. */
const EITHER = '.*[JsonData::never==so]<br>.*[QueryParam::free==1]';

describe.each([
  ['Content-Length: 0', '', 0],
  ['Transfer-Encoding: chunked', '0\r\n\r\n', 0],
  ['Content-Length: 5', 'x=y;\0', 5],
  ['Transfer-Encoding: chunked', chunked('x=y;\0', 2), 5],
] as const)('a body with %s that was read and then let through by another rule', (framing, body, bytes) => {
  it('reaches the product as it came, and the connection goes on [EXT-15, GW-40]', async () => {
    const gate = await gates.at('gateway');
    const login = await gates.login(gate, { limitTo: EITHER });
    const [first, second] = [`/jira/rest/x?free=1&n=${(count += 1)}`, `/jira/rest/x?free=1&n=${(count += 1)}`];
    const client = await converse(gate.postern.port);
    await client.write(request('POST', first, [login, framing]) + body + request('GET', second, [login, 'Connection: close']));
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    const arrived = gate.upstream.requests.filter(({ target }) => target === first || target === second);
    expect(arrived.map((one) => [one.target, one.bytes])).toEqual([
      [first, bytes],
      [second, 0],
    ]);
  });
});
