// How a plugin's table of routes is served: one toy module over real HTTP.
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import express from 'express';
import { pluginRouter } from '../../src/admin/plugin-router.js';
import { HostError, LIMITS, type Logger, type Method, type RequestView } from '../../src/core/index.js';
import { type RestCall, RestFault, type RestModule, requireCaller } from '../../src/plugin-kit/rest.js';
import { type HttpAnswer, type SentHttp, sendHttp } from '../support/http-client.js';
import { TEST_START, type TestClock, testClock } from '../support/test-clock.js';

const logged: { fields: object; text: string }[] = [];
const logger: Logger = { debug() {}, info() {}, warn() {}, error: (fields, text) => logged.push({ fields, text }) };
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let clock: TestClock;
let port = 0;
let server: http.Server;

/** Echoes what it was called with. */
async function echo(call: RestCall) {
  return {
    status: 200,
    json: { parameters: call.parameters, query: [...call.query], method: call.request.method, body: await call.json() },
  };
}

const module: RestModule = {
  product: 'jira',
  path: '/rest/toy',
  versions: ['1.0', 'latest'],
  routes: [
    { method: 'GET', path: '/', handle: echo },
    { method: 'GET', path: '/things', handle: echo },
    { method: 'POST', path: '/things', handle: echo },
    { method: 'DELETE', path: '/things/all', handle: async () => ({ status: 204 }) },
    { method: 'DELETE', path: '/things/:id', handle: echo },
    { method: 'PUT', path: '/things/:id/:part', handle: echo },
    {
      method: 'GET',
      path: '/secret',
      handle: async () => ({ status: 201, json: { value: 'ü' }, isSecret: true, headers: { 'X-Toy': 'a' } }),
    },
    { method: 'POST', path: '/closed', handle: async (call) => ({ status: 200, json: requireCaller(call).principal.username }) },
    { method: 'GET', path: '/fails/:how', handle: async (call) => fail(call.parameters['how'] ?? '') },
  ],
  renderFault: (fault) => ({ status: fault.status, json: { toy: fault.message, kind: fault.kind } }),
};

const unversioned: RestModule = {
  ...module,
  product: 'cloud',
  path: '/users',
  versions: [],
  routes: [{ method: 'GET', path: '/:id/tokens', handle: echo }],
};

function fail(how: string): never {
  if (how === 'fault') throw new RestFault(409, 'taken', { headers: { 'X-Fault': 'f' }, kind: 'own' });
  if (how === 'store') throw new HostError('store.unavailable', { detail: 'the disk with the passwords is full' });
  throw new TypeError('cannot read secret-value of undefined');
}

/** The gateway's part, cut down: the canonical target is taken as it comes. */
function viewOf(request: http.IncomingMessage): RequestView {
  const [path = '', query] = (request.url ?? '').split('?', 2);
  const isConfluence = path.startsWith('/confluence/');
  const contextPath = isConfluence ? '/confluence' : path.startsWith('/jira/') ? '/jira' : '';
  return {
    method: request.method as Method,
    path,
    query: query ?? null,
    product: isConfluence ? 'confluence' : 'jira',
    contextPath,
    peer: '127.0.0.1',
    clientAddress: '127.0.0.1',
    userAgent: null,
    receivedAt: TEST_START,
  };
}

beforeAll(async () => {
  const app = express();
  clock = testClock();
  const needs = {
    callerOf: (request: http.IncomingMessage) => ({
      caller: null,
      request: viewOf(request),
      challenges: ['Basic realm="Toy"', 'Bearer realm="Toy"'],
    }),
    clock,
    logger,
  };
  app.disable('x-powered-by');
  app.use(pluginRouter(module, needs), pluginRouter(unversioned, needs));
  app.use((_request, response) => void response.status(299).end('the next'));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

afterEach(() => {
  logged.length = 0;
});

function send(sent: SentHttp): Promise<HttpAnswer> {
  return sendHttp(port, { agent, ...sent });
}

const json = { 'Content-Type': 'application/json' };

describe('routing', () => {
  it.each([
    ['GET', '/rest/toy/1.0/things', 'the first version'],
    ['GET', '/rest/toy/latest/things', 'the other version'],
    ['GET', '/rest/toy/1.0/things/', 'a trailing slash'],
    ['GET', '/jira/rest/toy/1.0/things', 'below a context path'],
    ['GET', '/rest/toy/1.0', 'the module’s root'],
    ['GET', '/rest/toy/1.0/', 'the module’s root with a slash'],
    ['GET', '/users/7/tokens', 'a module without versions'],
  ])('serves %s %s (%s)', async (method, path) => {
    const answer = await send({ method, path });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['/rest/toy/2.0/things', 'another version'],
    ['/rest/toy/things', 'no version'],
    ['/rest/toy', 'nothing below the path'],
    ['/rest/toy/1.0/Things', 'another case'],
    ['/rest/toy/1.0/things/a/b/c', 'too deep'],
    ['/users/7', 'a module without versions, too short'],
  ])('answers %s with the module’s own 404 (%s)', async (path) => {
    const answer = await send({ path });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({ toy: 'There is nothing here.', kind: 'request.not-found' });
  });

  it.each([
    ['/rest/toys/1.0/things', 'a path that only begins alike'],
    ['/REST/toy/1.0/things', 'another case'],
    ['/confluence/rest/toy/1.0/things', 'another product'],
    ['/jira/users/7/tokens', 'the cloud below a context path'],
  ])('leaves %s to what is mounted next (%s)', async (path) => {
    expect((await send({ path })).status).toBe(299);
  });

  it.each([
    ['PATCH', '/rest/toy/1.0/things', 'GET, HEAD, POST'],
    ['PUT', '/rest/toy/1.0/things/all', 'DELETE'],
    ['GET', '/rest/toy/1.0/things/5', 'DELETE'],
    ['HEAD', '/rest/toy/1.0/things/5', 'DELETE'],
    ['OPTIONS', '/rest/toy/1.0/things/', 'GET, HEAD, POST'],
    ['POST', '/rest/toy/1.0/things/5/name', 'PUT'],
  ])('answers %s %s with 405 and Allow: %s [EXT-60]', async (method, path, allow) => {
    const answer = await send({ method, path });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe(allow);
  });

  it('tries routes in their order, so that a word wins over a parameter', async () => {
    expect((await send({ method: 'DELETE', path: '/rest/toy/1.0/things/all' })).status).toBe(204);
    expect((await send({ method: 'DELETE', path: '/rest/toy/1.0/things/one' })).status).toBe(200);
  });

  it('decodes parameters and the query', async () => {
    const answer = await send({ method: 'PUT', path: '/rest/toy/1.0/things/a%20b/%C3%BC?x=1&x=%C3%BC+y' });
    expect(JSON.parse(answer.text)).toMatchObject({
      parameters: { id: 'a b', part: 'ü' },
      query: [
        ['x', '1'],
        ['x', 'ü y'],
      ],
    });
  });

  it('answers HEAD as GET, without the body', async () => {
    const [head, get] = [await send({ method: 'HEAD', path: '/rest/toy/1.0/secret' }), await send({ path: '/rest/toy/1.0/secret' })];
    expect(head.status).toBe(201);
    expect(head.text).toBe('');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });
});

describe('answers', () => {
  it('writes the content type in exactly these letters [EXT-60]', async () => {
    const answer = await send({ path: '/rest/toy/1.0/secret' });
    const index = answer.rawHeaders.findIndex((name) => name.toLowerCase() === 'content-type');
    expect(answer.rawHeaders[index + 1]).toBe('application/json;charset=UTF-8');
    expect(answer.text).toBe('{"value":"ü"}');
    expect(answer.headers['content-length']).toBe('14');
    expect(answer.headers['x-toy']).toBe('a');
  });

  it('forbids storing an answer that carries a token value, and no other [EXT-61]', async () => {
    expect((await send({ path: '/rest/toy/1.0/secret' })).headers['cache-control']).toBe('no-store');
    expect((await send({ path: '/rest/toy/1.0/things' })).headers['cache-control']).toBeUndefined();
  });

  it('writes neither body nor content type for 204', async () => {
    const answer = await send({ method: 'DELETE', path: '/rest/toy/1.0/things/all' });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers['content-type']).toBeUndefined();
    expect(answer.headers['content-length']).toBeUndefined();
  });

  it('gives a 401 every challenge that would do [GW-12]', async () => {
    const answer = await send({ method: 'POST', path: '/rest/toy/1.0/closed', headers: json, body: '{' });
    expect(answer.status).toBe(401);
    const challenges = answer.rawHeaders.filter((_, index) => answer.rawHeaders[index - 1]?.toLowerCase() === 'www-authenticate');
    expect(challenges).toEqual(['Basic realm="Toy"', 'Bearer realm="Toy"']);
  });
});

describe('failures', () => {
  it('renders a fault in the module’s shape, with its headers', async () => {
    const answer = await send({ path: '/rest/toy/1.0/fails/fault' });
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toEqual({ toy: 'taken', kind: 'own' });
    expect(answer.headers['x-fault']).toBe('f');
    expect(logged).toEqual([]);
  });

  it('gives the client a HostError’s public text and the operator its code', async () => {
    const answer = await send({ path: '/rest/toy/1.0/fails/store' });
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toEqual({ toy: 'The database could not be asked. Try again later.', kind: 'store.unavailable' });
    expect(logged).toHaveLength(1);
    expect(logged[0]?.fields).toMatchObject({ code: 'store.unavailable', method: 'GET', path: '/rest/toy/1.0/fails/store' });
  });

  it('answers an error that nobody foresaw with 500 and no detail, and logs its stack', async () => {
    const answer = await send({ path: '/rest/toy/1.0/fails/strangely' });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret-value');
    expect(JSON.stringify(logged)).toContain('TypeError: cannot read secret-value');
  });
});

describe('bodies', () => {
  const things = { method: 'POST', path: '/rest/toy/1.0/things' };

  it.each([
    ['application/json', 'plain'],
    ['application/json; charset=utf-8', 'with a charset'],
    ['Application/JSON ;charset="UTF-8"', 'any case, quoted'],
  ])('reads a body of type %s (%s)', async (contentType) => {
    const answer = await send({ ...things, headers: { 'Content-Type': contentType }, body: '{"a":1}' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ body: { a: 1 } });
  });

  it.each([
    ['text/plain', 'text'],
    ['application/x-www-form-urlencoded', 'a form'],
    ['application/problem+json', 'JSON of another kind'],
    ['application/jsonp', 'begins alike'],
    ['', 'an empty type'],
  ])('refuses a body of type %j with 415 [EXT-60] (%s)', async (contentType) => {
    expect((await send({ ...things, headers: { 'Content-Type': contentType }, body: '{"a":1}' })).status).toBe(415);
  });

  it('refuses a body without a type with 415 [EXT-60]', async () => {
    expect((await send({ ...things, body: '{"a":1}' })).status).toBe(415);
  });

  it.each([
    ['no body', {}],
    ['a body of no bytes', { 'Content-Length': '0' }],
    ['a body of no bytes, whatever its type', { 'Content-Type': 'text/plain', 'Content-Length': '0' }],
    ['a chunked body of no bytes', { 'Transfer-Encoding': 'chunked' }],
  ])('gives null for %s', async (_what, headers) => {
    const answer = await send({ ...things, headers });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ body: null });
  });

  it('refuses what is not JSON with 400 and the position', async () => {
    const answer = await send({ ...things, headers: json, body: '{"a" 1}' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ toy: 'The body is not valid JSON: unexpected character at position 5.' });
  });

  it('reads a body with DELETE', async () => {
    // Node's client does not frame a body with DELETE by itself.
    const headers = { ...json, 'Content-Length': 7 };
    const answer = await send({ method: 'DELETE', path: '/rest/toy/1.0/things/1', headers, body: '{"a":2}' });
    expect(JSON.parse(answer.text)).toMatchObject({ body: { a: 2 } });
  });

  it('takes a body of exactly the limit', async () => {
    const body = `"${'x'.repeat(LIMITS.restBodyBytesMax - 2)}"`;
    for (const chunkBytes of [undefined, 65_536]) {
      const answer = await send({ ...things, headers: json, body, ...(chunkBytes === undefined ? {} : { chunkBytes }) });
      expect(answer.status).toBe(200);
    }
  });

  it.each([
    ['announced by Content-Length', undefined],
    ['chunked', 65_536],
  ])('refuses a body of 10 MB with 413, %s, and closes the connection [GW-52]', async (_how, chunkBytes) => {
    const body = Buffer.alloc(10_000_000, 'x');
    const headers = chunkBytes === undefined ? { ...json, 'Content-Length': body.length } : json;
    const answer = await send({ ...things, headers, body, ...(chunkBytes === undefined ? {} : { chunkBytes }) });
    expect(answer.status).toBe(413);
    expect(answer.headers.connection).toBe('close');
    expect((await send({ ...things })).status).toBe(200);
  });

  it('refuses by Content-Length before a byte of the body has come', async () => {
    const request = http.request({ port, host: '127.0.0.1', ...things, headers: { ...json, 'Content-Length': 10_000_000 } });
    request.on('error', () => undefined);
    request.flushHeaders();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).toBe(413);
    request.destroy();
  });

  it('answers an endless body once, reads on up to a bound and then cuts the connection [GW-52]', async () => {
    // A socket of our own: an HTTP client stops sending by itself when it has its answer.
    const socket = net.connect({ port, host: '127.0.0.1' });
    let received = '';
    let isClosed = false;
    socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => (isClosed = true));
    socket.write('POST /rest/toy/1.0/things HTTP/1.1\r\nHost: toy\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = Buffer.from(`100000\r\n${'x'.repeat(0x10_0000)}\r\n`);
    let sent = 0;
    while (!isClosed && sent < 3 * LIMITS.discardedBodyBytesMax) {
      sent += chunk.length;
      if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    }
    socket.destroy();
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeGreaterThanOrEqual(LIMITS.discardedBodyBytesMax);
    expect(sent).toBeLessThan(3 * LIMITS.discardedBodyBytesMax);
  });

  it('refuses a body that does not arrive in time with 408 [GW-41]', async () => {
    const request = http.request({ port, host: '127.0.0.1', ...things, headers: { ...json, 'Content-Length': 7 } });
    request.on('error', () => undefined);
    const whenAnswered = once(request, 'response');
    const whenReceived = once(server, 'request');
    request.write('{"a"');
    await whenReceived;
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(LIMITS.bodyTimeoutMs);
    const [response] = (await whenAnswered) as [http.IncomingMessage];
    expect(response.statusCode).toBe(408);
    request.destroy();
  });

  it('survives a client that goes away within its body', async () => {
    const request = http.request({ port, host: '127.0.0.1', ...things, headers: { ...json, 'Content-Length': 7 } });
    request.on('error', () => undefined);
    const whenReceived = once(server, 'request');
    request.write('{"a"');
    const [incoming] = (await whenReceived) as [http.IncomingMessage];
    const whenClosed = new Promise((resolve) => incoming.on('close', resolve));
    request.destroy();
    await whenClosed;
    expect((await send({ ...things })).status).toBe(200);
    expect(logged).toEqual([]);
  });
});
