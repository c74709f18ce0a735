// The two ways of a connection: plain requests are read and answered without node:http, whatever else comes is node:http's from its first byte
// on. Whoever asks sees no difference.
import { once } from 'node:events';
import type http from 'node:http';
import { LIMITS } from '../../src/core/index.js';
import type { Outgoing } from '../../src/gateway/exchange.js';
import { converse } from './conversation.js';
import { answers, connectionsOf, listenerWith, odd, ok, plain, TARGET, ways, type Listener } from './plain-listener.js';

describe('which way a request goes', () => {
  it.each([
    ['a plain request for an upstream', plain(), 'plain'],
    ['HEAD', plain(TARGET, 'HEAD'), 'plain'],
    ['DELETE', plain(TARGET, 'DELETE'), 'plain'],
    ['one with a query', plain(`${TARGET}?expand=groups%2Ckey`), 'plain'],
    ['what is not below /rest/', plain('/jira/browse/A-1'), 'node'],
    ['the control plane', plain('/api/v1/tokens'), 'node'],
    ['a product without an upstream', plain('/wiki/rest/api/x'), 'node'],
    ['a token system’s own', plain('/jira/rest/own/x'), 'node'],
    ['a token system’s own in another spelling', plain('/jira/rest/./own/x'), 'node'],
    ['an escape in the path', plain('/jira/rest/api/%6dyself'), 'node'],
    ['a parameter in the path', plain('/jira/rest/api;x/2'), 'node'],
    ['an empty segment', plain('/jira/rest//api'), 'node'],
    ['a body', `POST ${TARGET} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab`, 'node'],
    ['an odd head', odd(), 'node'],
  ] as const)('%s [GW-6, GW-60]', async (_what, bytes, way) => {
    const listener = await listenerWith();
    const client = await converse(listener.port);
    await client.write(bytes);
    await client.until((text) => text.includes('\r\n\r\n'));
    expect(ways(listener)).toEqual([way]);
    client.end();
  });

  it('a connection is plain up to its first odd request, and node:http’s from then on', async () => {
    const listener = await listenerWith();
    const client = await converse(listener.port);
    const sent = [plain(), plain(), odd(), plain(), `POST ${TARGET} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab`, plain()];
    for (const [index, bytes] of sent.entries()) {
      await client.write(bytes);
      await client.until((text) => answers(text) === index + 1);
    }
    expect(ways(listener)).toEqual(['plain', 'plain', 'node', 'node', 'node', 'node']);
    client.end();
  });

  it('a head that comes in two pieces is answered as if it had come in one, wherever it is cut', async () => {
    const listener = await listenerWith();
    for (let cut = 1; cut < plain().length; cut += 1) {
      const client = await converse(listener.port);
      await client.write(plain().slice(0, cut));
      while (listener.came.length === cut - 1 && (await connectionsOf(listener.server)) === 0) await new Promise(setImmediate);
      await client.write(plain().slice(cut));
      await client.until((text) => text.includes('\r\n\r\n'));
      client.reset();
    }
    expect(listener.came).toHaveLength(plain().length - 1);
    expect(new Set(listener.came.map(([, target]) => target))).toEqual(new Set([TARGET]));
  });

  it.each([
    ['plain ones in one piece', [plain('/jira/rest/1') + plain('/jira/rest/2') + plain('/jira/rest/3')]],
    ['a plain one and an odd one in one piece', [plain('/jira/rest/1') + odd('/jira/rest/2') + plain('/jira/rest/3')]],
    ['plain ones in a piece each', [plain('/jira/rest/1'), plain('/jira/rest/2'), plain('/jira/rest/3')]],
    ['an odd one behind a plain one', [plain('/jira/rest/1'), odd('/jira/rest/2'), plain('/jira/rest/3')]],
    ['half of one behind a plain one', [plain('/jira/rest/1'), 'GET /jira/rest/2 HTT', `P/1.1\r\nHost: a\r\n\r\n${plain('/jira/rest/3')}`]],
  ])('requests that do not wait for answers are answered in their order: %s', async (_what, pieces) => {
    const held: Outgoing[] = [];
    const listener = await listenerWith((outgoing) => void held.push(outgoing));
    const client = await converse(listener.port);
    for (const piece of pieces) {
      await client.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (let count = 1; count <= 3; count += 1) {
      while (listener.came.length < count) await new Promise(setImmediate);
      const outgoing = held[count - 1];
      if (outgoing?.socket === null) await once(outgoing as http.ServerResponse, 'socket');
      if (outgoing !== undefined) ok(outgoing, 'plain');
      await client.until((text) => answers(text) === count);
    }
    expect(listener.came.map(([, target]) => target)).toEqual(['/jira/rest/1', '/jira/rest/2', '/jira/rest/3']);
    client.end();
  });
});

describe('an answer is the same bytes, whichever way its request came', () => {
  const large = Buffer.alloc(LIMITS.joinedWriteMax + 1, 'x');
  const BEYOND = 'äé’';
  const rows: readonly (readonly [what: string, answer: (outgoing: Outgoing) => void])[] = [
    ['a known length', (one) => void (one.writeHead(200, 'OK', ['X-A', 'b', 'Content-Length', '2']), one.end('ok', 'latin1'))],
    ['bytes of a known length', (one) => void (one.writeHead(200, 'OK', ['Content-Length', '2']), one.end(Buffer.from([0xff, 0x00])))],
    ['no length', (one) => void (one.writeHead(200, 'OK', ['X-A', 'b']), one.end('ok', 'latin1'))],
    ['no length, and nothing', (one) => void (one.writeHead(200, 'OK', []), one.end())],
    [
      'no length, in pieces',
      (one) => void (one.writeHead(200, '', []), one.write('a', 'latin1'), one.write(large, 'latin1'), one.end('c', 'latin1')),
    ],
    [
      'a length, in pieces',
      (one) => void (one.writeHead(200, 'OK', ['content-length', '3']), one.write('a', 'latin1'), one.end('bc', 'latin1')),
    ],
    ['a large piece', (one) => void (one.writeHead(200, 'OK', ['Content-Length', String(large.length)]), one.end(large))],
    ['a head before its body', (one) => void (one.writeHead(200, 'OK', []), one.flushHeaders(), one.end('ok', 'latin1'))],
    ['a head before nothing', (one) => void (one.writeHead(200, 'OK', ['Content-Length', '0']), one.flushHeaders(), one.end())],
    ['trailers', (one) => void (one.writeHead(200, 'OK', []), one.write('a', 'latin1'), one.addTrailers([['X-T', 'b']]), one.end())],
    ['204', (one) => void (one.writeHead(204, 'No Content', ['X-A', 'b']), one.end())],
    ['304', (one) => void (one.writeHead(304, 'Not Modified', ['ETag', '"x"']), one.end())],
    ['304 with a length', (one) => void (one.writeHead(304, 'Not Modified', ['Content-Length', '10']), one.end())],
    ['a date of its own', (one) => void (one.writeHead(200, 'OK', ['Date', 'then', 'Content-Length', '0']), one.end())],
    [
      'fields set one by one',
      (one) =>
        void (one.setHeader('X-A', 'a'),
        one.setHeader('x-a', ['b', 'c']),
        (one.statusCode = 403),
        one.setHeader('Content-Length', Buffer.byteLength(BEYOND)),
        one.end(BEYOND)),
    ],
    [
      'fields set one by one, and the connection ends',
      (one) => void (one.setHeader('Connection', 'close'), (one.statusCode = 400), one.setHeader('Content-Length', 0), one.end()),
    ],
    ['a field in the letters of Latin-1', (one) => void (one.writeHead(200, 'OK', ['X-A', '\xe4', 'Content-Length', '0']), one.end())],
  ];

  const END = 'THE END';
  /** Everything that comes of one request, up to the answer of a second one, which is sent when the first is over. */
  const bytesOf = async ({ port, exchanges }: Listener, bytes: string): Promise<string> => {
    const before = exchanges.length;
    const client = await converse(port);
    await client.write(bytes);
    while (exchanges.length === before || exchanges[before]?.outgoing.closed !== true) await new Promise(setImmediate);
    await client.write(odd('/end'));
    const got = await client.until((all) => all.includes(END)).catch(() => client.text);
    client.reset();
    return got.replaceAll(/Date: [A-Z][^\r]*/g, 'Date: now');
  };

  describe.each(['GET', 'HEAD', 'DELETE'])('to %s', (method) => {
    it.each(rows)('%s [GW-40]', async (_what, answer) => {
      const listener = await listenerWith((outgoing) => {
        if (listener.came.at(-1)?.[1] !== '/end') return answer(outgoing);
        outgoing.writeHead(200, 'OK', ['Content-Length', String(END.length)]);
        outgoing.end(END, 'latin1');
      });
      const ours = await bytesOf(listener, plain(TARGET, method));
      const nodes = await bytesOf(listener, odd(TARGET, method));
      expect(ours).toBe(nodes);
      expect(listener.came.filter(([, target]) => target === TARGET).map(([way]) => way)).toEqual(['plain', 'node']);
    });
  });

  it.each([
    ['a line feed in a value', ['X-A', 'a\r\nX-B: c']],
    ['a field that is no name', ['X A', 'b']],
    ['a coding', ['Transfer-Encoding', 'chunked']],
    ['two lengths', ['Content-Length', '1', 'content-length', '2']],
  ])('a head with %s is thrown back, and not a byte of it leaves [GW-6]', async (_what, fields) => {
    let fault: unknown = null;
    const listener = await listenerWith((outgoing) => {
      try {
        outgoing.writeHead(200, 'OK', fields);
      } catch (error) {
        fault = error;
        ok(outgoing, 'plain');
      }
    });
    const client = await converse(listener.port);
    await client.write(plain());
    expect(await client.until((all) => all.endsWith('plain'))).not.toMatch(/X-B|X A|chunked|length: 2/);
    expect(fault).toBeInstanceOf(TypeError);
    client.end();
  });
});
