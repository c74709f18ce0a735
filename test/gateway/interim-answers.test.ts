// What is answered before the answer: 102, 103 and their like from the product, and 100, which is Postern's own to say.
import { request } from '../support/gate.js';
import { sendRaw } from '../support/raw-client.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';
import { openWire, type Wire } from './wire.js';

const gates = gatesOfThisFile();
let wire: Wire;
beforeAll(async () => {
  wire = await openWire(gates);
});

const ISSUE = '/jira/rest/api/2/issue';

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
