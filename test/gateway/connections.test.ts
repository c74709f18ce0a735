// Connections and what happens on them besides one request and its answer: requests that come together, HTTP/1.0, answers that come early
// and those that are not final: 102, 103 and their like from the product, and 100, which is Postern's own to say.
import { request } from '../support/gate.js';
import { sendRaw } from '../support/raw-client.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';
import { base64, MB, openWire, untilStill, type Wire } from './wire.js';

const gates = gatesOfThisFile();
let wire: Wire;
beforeAll(async () => {
  wire = await openWire(gates);
});

const ISSUE = '/jira/rest/api/2/issue';
/** From a product that ends its connection and says so: the next request would else race against that end. */
const SAID_LAST = 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n';

describe('an answer that comes before the upload is complete', () => {
  const EARLY = base64('HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge');

  it('reaches the client at once [GW-40, GW-41]', async () => {
    const client = await converse(wire.gate.postern.port);
    const target = wire.freshTarget();
    await client.write(wire.head('POST', target, `Content-Length: ${MB}`, 'x-test-hold: head') + 'x'.repeat(1_000));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
    await wire.gate.upstream.write(Buffer.from(EARLY, 'base64'));
    const text = await client.until((received) => received.endsWith('large'));
    expect(finalAnswer(text).head.split(' ')[1]).toBe('413');
    client.reset();
  });

  it.each([
    ['keeps its connection', 'keep'],
    ['closes its connection', 'close'],
  ] as const)('reaches a client that reads only after it has sent everything, when the product %s [GW-40]', async (_what, then) => {
    const total = 24 * MB;
    const client = await converse(wire.gate.postern.port);
    client.pause();
    const target = wire.freshTarget();
    void client.write(wire.head('POST', target, `Content-Length: ${total}`, 'x-test-hold: head'));
    const sent = client.write(Buffer.alloc(total, 'x'));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
    await wire.gate.upstream.write(Buffer.from(EARLY, 'base64'), then);
    await sent;
    client.resume();
    const text = await client.until((received) => received.endsWith('large'));
    expect(finalAnswer(text).head.split(' ')[1]).toBe('413');
    client.end();
  });

  it('leaves the connection fit for the next request, or ended [GW-40, GW-6]', async () => {
    const client = await converse(wire.gate.postern.port);
    const [first, second] = [wire.freshTarget(), wire.freshTarget()];
    const body = 'x'.repeat(200_000);
    void client.write(wire.head('POST', first, `Content-Length: ${body.length}`, 'x-test-hold: head'));
    void client.write(body.slice(0, 100_000));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === first));
    await wire.gate.upstream.write(Buffer.from(EARLY, 'base64'));
    await client.until((received) => received.endsWith('large'));
    void client.write(body.slice(100_000) + wire.head('GET', second, 'Connection: close'));
    const text = await client.untilClosed();
    const answers = text.match(/HTTP\/1\.1 \d+/g);
    // Whatever follows is an answer to the second request, never to what the body holds.
    expect([['HTTP/1.1 413'], ['HTTP/1.1 413', 'HTTP/1.1 200']]).toContainEqual(answers);
    expect(wire.gate.upstream.requests.filter((one) => one.target === second)).toHaveLength((answers?.length ?? 0) - 1);
  });
});

describe('connections', () => {
  it('several requests written at once are answered in their order, each judged for itself [GW-40, GW-20]', async () => {
    const client = await converse(wire.gate.postern.port);
    const targets = Array.from({ length: 5 }, () => wire.freshTarget());
    const limited = await gates.login(wire.gate, { limitTo: '[post].*' });
    // The product ends each connection, and says so: the next request would else race against its end.
    const all = targets.map((target, index) =>
      index === 2
        ? request('GET', target, [limited])
        : wire.head(
            'GET',
            target,
            `x-test-raw: ${base64(`HTTP/1.1 200 OK\r\nX-Number: ${index}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)}`,
          ),
    );
    await client.write(`${all.join('')}${wire.head('GET', wire.freshTarget(), 'Connection: close')}`);
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
    expect(wire.gate.upstream.requests.some((one) => one.target === targets[2])).toBe(false);
  });

  it('a request that is sent before the answer to the one before it does not overtake it [GW-40]', async () => {
    const client = await converse(wire.gate.postern.port);
    const [first, second] = [wire.freshTarget(), wire.freshTarget()];
    await client.write(wire.head('DELETE', first, 'x-test-hold: end') + wire.head('GET', second, 'Connection: close'));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === first));
    // Plenty of turns for the second to come as well, if anything let it.
    await untilStill(wire.gate, () => wire.gate.upstream.requests.length);
    expect(wire.gate.upstream.requests.some((one) => one.target === second)).toBe(false);
    await wire.gate.upstream.write(SAID_LAST, 'close');
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 200']);
    expect(wire.gate.upstream.requests.some((one) => one.target === second)).toBe(true);
  });

  it.each([
    ['as many as may wait', 101, false],
    ['one more', 102, true],
  ])('%s behind one that is slow: cut off: %s [GW-52]', async (_what, requests, isCut) => {
    const client = await converse(wire.gate.postern.port);
    const first = wire.freshTarget();
    const short = `GET ${wire.freshTarget()} HTTP/1.1\r\nHost: a\r\n${wire.login}\r\n\r\n`;
    await client.write(wire.head('GET', first, 'x-test-hold: end') + short.repeat(requests - 1));
    if (isCut) {
      expect(await client.untilClosed()).toBe('');
      return;
    }
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === first));
    await wire.gate.upstream.write(SAID_LAST, 'close');
    const text = await client.until((received) => received.match(/HTTP\/1\.1 /g)?.length === requests);
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    client.end();
  });

  it('those to the product are kept and used again [GW-40]', async () => {
    const numbers = new Set<number>();
    for (let index = 0; index < 20; index += 1) {
      const { received } = await wire.gate.send(request('GET', wire.freshTarget(), [wire.login]));
      for (const { connection } of received) numbers.add(connection);
    }
    // One that has just been used may not be ready again for the very next.
    expect(numbers.size).toBeLessThan(4);
  });

  it.each([
    ['a known length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'Content-Length: 2'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n', null],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nok', null],
  ])(
    'a client of HTTP/1.0 gets an answer with %s as HTTP/1.0 has it: no chunks, and its end is the connection’s [GW-40]',
    async (_what, bytes, length) => {
      const text = await wire.rawAnswer(bytes, { version: '1.0' });
      const { head: answered, body } = finalAnswer(text);
      expect(body).toBe('ok');
      expect(answered.toLowerCase()).not.toMatch(/transfer-encoding|trailer/);
      if (length !== null) expect(answered).toContain(length);
    },
  );
});

describe('answers before the answer', () => {
  const FINAL = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

  it.each([
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 102 Processing\r\n\r\n'],
    [
      '103 with one link',
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style\r\n\r\n',
      'Link: </a.css>; rel=preload; as=style\r\n',
    ],
    [
      '103 with two links in one field',
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload, </b.js>; rel=preload\r\n\r\n',
      'Link: </a.css>; rel=preload, </b.js>; rel=preload\r\n',
    ],
    [
      '103 with two fields',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nLink: </b>; rel=preload\r\n\r\n',
      'Link: </a>; rel=preload\r\nLink: </b>; rel=preload\r\n',
    ],
    [
      '103 with a quoted parameter',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel="preload next"; title="a, b"\r\n\r\n',
      'Link: </a>; rel="preload next"; title="a, b"\r\n',
    ],
    ['103 without a link', 'HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n', 'X-A: 1\r\n'],
    [
      'two of them',
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n',
      'Link: </a>; rel=preload\r\n',
    ],
  ])('%s passes, and the final one follows [GW-40]', async (_what, early, expected) => {
    const text = await wire.rawAnswer(early + FINAL);
    expect(text).toContain(expected);
    expect(text.indexOf(expected)).toBeLessThan(text.indexOf('HTTP/1.1 200 OK'));
    expect(finalAnswer(text).body).toBe('ok');
  });

  it('103 loses what a final answer loses [GW-5]', async () => {
    const text = await wire.rawAnswer(
      `HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nSet-Cookie: a=b\r\nX-Hop: 1\r\nConnection: X-Hop\r\n\r\n${FINAL}`,
    );
    expect(text).toContain('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n');
  });

  it.each([
    [
      '103, before the answer',
      `HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n${FINAL}`,
      'HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n',
    ],
    ['204', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n', 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n'],
  ])('%s, loses a length: it has no body, whatever it says [GW-6]', async (_which, bytes, expected) => {
    expect(await wire.rawAnswer(bytes)).toContain(expected);
  });

  it.each(['102 Processing', '103 Early Hints'])('%s is not sent to a client of HTTP/1.0 [GW-40]', async (line) => {
    const text = await wire.rawAnswer(`HTTP/1.1 ${line}\r\nLink: </a>; rel=preload\r\n\r\n${FINAL}`, { version: '1.0' });
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(finalAnswer(text).body).toBe('ok');
  });
});

describe('Expect: 100-continue', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

  it.each(['100-continue', '100-Continue'])(
    '%s: a permitted request is told to go on, by us, and the product never sees the field [GW-40]',
    async (expectation) => {
      const target = wire.freshTarget();
      const client = await converse(wire.gate.postern.port);
      await client.write(wire.head('POST', target, 'Content-Length: 4', `Expect: ${expectation}`));
      expect(await client.until((text) => text.endsWith('\r\n\r\n'))).toBe(CONTINUE);
      await client.write('body');
      await client.until((text) => text.includes('{"ok":true}'));
      client.end();
      await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
      const received = wire.gate.upstream.requests.filter((one) => one.target === target);
      expect(received.map((one) => one.bytes)).toEqual([4]);
      expect(wire.gate.upstream.header(received[0], 'Expect')).toEqual([]);
    },
  );

  it('a client that does not wait for it is served as well [GW-40]', async () => {
    const { answer, received } = await wire.gate.send(request('POST', wire.freshTarget(), [wire.login, 'Expect: 100-continue'], 'body'));
    expect([answer.status, received[0]?.bytes]).toEqual([200, 4]);
  });

  it.each([
    ['a wrong token', 'Authorization: Basic eDp5eQ==', ISSUE, 401],
    ['no credential', 'X-None: 1', ISSUE, 401],
    ['a token with other limits', 'limited', ISSUE, 403],
    ['a path that is not accepted', 'valid', '/jira/rest/../x', 400],
    ['a path that is nowhere', 'valid', '/nowhere', 404],
  ])('%s: the refusal goes out without it, and the connection ends [GW-40]', async (_what, credential, target, status) => {
    const fields: Record<string, string> = { limited: await gates.login(wire.gate, { limitTo: '[get].*' }), valid: wire.login };
    const field = fields[credential] ?? credential;
    const client = await converse(wire.gate.postern.port);
    await client.write(request('POST', target, [field, 'Content-Length: 4', 'Expect: 100-continue']));
    const text = await client.untilClosed();
    expect(text).not.toContain('100 Continue');
    const { head: answered } = finalAnswer(text);
    expect([answered.split(' ')[1], answered.toLowerCase().includes('connection: close')]).toEqual([String(status), true]);
  });

  it.each(['200-ok', '100-continue, 200-ok', '100-continue, 100-continue', '"100-continue"'])(
    'another expectation, `%s`, is 417 [GW-40]',
    async (expectation) => {
      const before = wire.gate.upstream.requests.length;
      const answer = await sendRaw(
        wire.gate.postern.port,
        wire.head('POST', ISSUE, 'Content-Length: 4', `Expect: ${expectation}`, 'Connection: close'),
      );
      expect([answer.status, wire.gate.upstream.requests.length]).toEqual([417, before]);
    },
  );

  it('is ignored in HTTP/1.0, which knows no 100 [GW-40]', async () => {
    const client = await converse(wire.gate.postern.port);
    const fields = ['Host: postern.test', wire.login, 'Content-Length: 4', 'Expect: 100-continue'];
    await client.write(`POST ${wire.freshTarget()} HTTP/1.0\r\n${fields.join('\r\n')}\r\n\r\nbody`);
    const text = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each([
    ['a token system’s', 'POST', '/jira/rest/extender/1.0/tokenTools/set', '{"label":"continued","userName":"admin"}', 200],
    ['the control plane’s', 'POST', '/api/v1/users', '{"username":"continued","password":"continued-password"}', 201],
  ])('to a resource of our own, %s, is answered too [GW-40]', async (_whose, method, target, body, status) => {
    const client = await converse(wire.gate.postern.port);
    const fields = [`Authorization: ${wire.gate.password}`, 'Content-Type: application/json', `Content-Length: ${body.length}`];
    await client.write(request(method, target, [...fields, 'Expect: 100-continue']));
    await client.until((text) => text === CONTINUE);
    await client.write(body);
    const text = await client.until((received) => /\r\n\r\n\{.*\}$/.test(received));
    expect(finalAnswer(text).head.split(' ')[1]).toBe(String(status));
    client.end();
  });
});
