// What holds for all of `/api/v1`: paths, methods, bodies, headers, and failures nobody foresaw.
import { LIMITS } from '../../src/core/index.js';
import { sendRaw } from '../support/raw-client.js';
import { type AdminWorld, basic, PASSWORDS, startAdminWorld } from './admin-world.js';

let world: AdminWorld;

beforeAll(async () => {
  world = await startAdminWorld();
});

afterAll(() => world.close());

describe('paths and methods', () => {
  it.each([
    ['/api/v1', 'the root has nothing'],
    ['/api/v1/', 'nor with a slash'],
    ['/api/v1/nothing', 'unknown'],
    ['/api/v1/users/alice/nothing', 'unknown below a known one'],
    ['/api/v1/upstream-credentials', 'no product'],
    ['/api/v1/audit.jsonl/x', 'below a leaf'],
    ['/API/v1/users', 'case counts'],
    ['/api/v1/Users', 'case counts'],
    ['/api/v2/users', 'another version'],
    ['/api/v11/users', 'no segment boundary'],
    ['/', 'not the control plane’s'],
    ['/rest/api/2/myself', 'not the control plane’s'],
  ])('answers %s with 404 in JSON', async (path) => {
    const answer = await world.send({ path, as: 'admin' });
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(answer.json()).toEqual({ message: 'There is nothing here.', 'status-code': 404 });
  });

  it('tells nobody’s unknown path as unknown, without a password check', async () => {
    const checks = world.passwordChecks.length;
    expect((await world.send({ path: '/api/v1/nothing' })).status).toBe(404);
    expect(world.passwordChecks).toHaveLength(checks);
  });

  it.each([
    ['PUT', '/api/v1/users', 'GET, HEAD, POST'],
    ['POST', '/api/v1/users/alice', 'GET, HEAD, PATCH, DELETE'],
    ['PATCH', '/api/v1/upstream-credentials/jira', 'GET, HEAD, PUT, DELETE'],
    ['POST', '/api/v1/users/alice/upstream-credentials/jira', 'GET, HEAD, PUT, DELETE'],
    ['DELETE', '/api/v1/audit.jsonl', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/users', 'GET, HEAD, POST'],
  ])('answers %s %s with 405 and Allow', async (method, path, allow) => {
    const answer = await world.send({ method, path, as: 'admin' });
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    expect(answer.json()['status-code']).toBe(405);
  });

  it('answers a method nobody knows with 501', async () => {
    expect((await world.send({ method: 'PROPFIND', path: '/api/v1/users', as: 'admin' })).status).toBe(501);
  });

  it('answers HEAD as GET without a body', async () => {
    const got = await world.send({ path: '/api/v1/users', as: 'admin' });
    const head = await world.send({ method: 'HEAD', path: '/api/v1/users', as: 'admin' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(got.headers['content-length']);
  });

  it('answers an escape that does not decode with 400', async () => {
    expect((await world.send({ path: '/api/v1/users/%ff', as: 'admin' })).status).toBe(400);
  });
});

describe('bodies', () => {
  const post = { method: 'POST', path: '/api/v1/users', as: 'admin' } as const;
  const bob = JSON.stringify({ username: 'bob', password: 'x' });

  it.each([
    ['text/plain', 'a form of a foreign page can send it'],
    ['application/x-www-form-urlencoded', 'a form of a foreign page can send it'],
    ['multipart/form-data; boundary=a', 'a form of a foreign page can send it'],
    ['application/json-patch+json', 'another format'],
  ])('refuses %s with 415', async (contentType) => {
    const answer = await world.send({ ...post, headers: { 'Content-Type': contentType }, body: bob });
    expect(answer.status).toBe(415);
    expect(answer.json()['status-code']).toBe(415);
    expect(await world.directory.countUsers()).toBe(3);
  });

  it('refuses a body without a type with 415', async () => {
    expect((await world.send({ ...post, body: bob })).status).toBe(415);
  });

  it.each([
    ['{"username":"bob",', 'it ends too early'],
    ["{'username':'bob'}", 'single quotes'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'no UTF-8'],
    ['', 'empty'],
  ])('refuses %p with 400', async (body, _reason) => {
    const answer = await world.send({ ...post, headers: { 'Content-Type': 'application/json' }, body });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(answer.json()['status-code']).toBe(400);
  });

  it('refuses a body past the limit with 413 [GW-52]', async () => {
    const body = JSON.stringify({ username: 'bob', password: 'x', displayName: 'x'.repeat(LIMITS.restBodyBytesMax) });
    const answer = await world.send({ ...post, headers: { 'Content-Type': 'application/json' }, body });
    expect(answer.status).toBe(413);
    expect(answer.json()).toEqual({ message: 'The request body is too large.', 'status-code': 413 });
  });

  it('refuses nobody’s body unread', async () => {
    const head = 'POST /api/v1/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n';
    expect((await sendRaw(world.port, head)).status).toBe(401);
  });
});

describe('headers', () => {
  it.each([
    ['/api/v1/users', 'admin', 200],
    ['/api/v1/users', 'alice', 403],
    ['/api/v1/audit.jsonl', 'admin', 200],
    ['/api/v1/nothing', 'admin', 404],
  ] as const)('an answer is never kept, sniffed or framed: %s as %s', async (path, as, status) => {
    const { headers, ...answer } = await world.send({ path, as });
    expect(answer.status).toBe(status);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    for (const name of ['x-powered-by', 'etag', 'strict-transport-security', 'access-control-allow-origin']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('the type of JSON is in the letters that a widely used client compares [EXT-60]', async () => {
    const request = `GET /api/v1/users HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic('admin', PASSWORDS.admin)}\r\n\r\n`;
    expect((await sendRaw(world.port, request)).raw).toContain('\r\nContent-Type: application/json;charset=UTF-8\r\n');
  });
});

describe('a failure nobody foresaw', () => {
  it('is 500 with a text that gives nothing away; the stack goes to the log', async () => {
    const broken = await startAdminWorld(({ directory }) => ({
      directory: { ...directory, countUsers: () => Promise.reject(new Error('SELECT secret FROM table')) },
    }));
    try {
      const answer = await broken.send({ path: '/api/v1/users', as: 'admin' });
      expect(answer.status).toBe(500);
      expect(answer.json()).toEqual({ message: 'Something went wrong here.', 'status-code': 500 });
      expect(broken.logged.join('\n')).toContain('SELECT secret FROM table');
    } finally {
      await broken.close();
    }
  });
});
