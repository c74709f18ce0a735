// `/api/v1/upstream-credentials`: each user's own credential for a product, taken and never given out [GW-42].
import { HostError, Secret } from '../../src/core/index.js';
import { type AdminWorld, startAdminWorld } from './admin-world.js';

const BEARER = 'Bearer MDM0MjM5NDc2MDxxMbXjpmDgfQRUFyRUmbJ9sTqZ';
const BASIC = `Basic ${Buffer.from('alice:upstream-password').toString('base64')}`;
const OWN = '/api/v1/upstream-credentials';
const ALICES = '/api/v1/users/alice/upstream-credentials';

let world: AdminWorld;
let aliceId: number;

async function start(): Promise<void> {
  world = await startAdminWorld();
  aliceId = (await world.directory.findByUsername('alice'))?.userId ?? 0;
}

const close = (): Promise<void> => world.close();

async function stored(product: 'jira' | 'confluence' = 'jira'): Promise<string | null> {
  return (await world.upstreamCredentials.get(aliceId, product))?.reveal() ?? null;
}

async function acts() {
  const records = await world.records();
  return records.filter(({ kind }) => kind === 'act').map(({ action, actor, outcome, detail }) => ({ action, actor, outcome, detail }));
}

describe.each([
  ['one’s own', OWN, 'alice'],
  ['an administrator for another', ALICES, 'admin'],
] as const)('%s', (_name, path, as) => {
  beforeEach(start);
  afterEach(close);

  it('is stored, told of and removed, for each product apart', async () => {
    expect((await world.send({ path: `${path}/jira`, as })).json()).toEqual({ stored: false });
    const put = await world.send({ method: 'PUT', path: `${path}/jira`, as, json: { credential: BEARER } });
    expect([put.status, put.text]).toEqual([204, '']);
    expect(await stored('jira')).toBe(BEARER);
    expect(await stored('confluence')).toBeNull();
    expect((await world.send({ path: `${path}/jira`, as })).json()).toEqual({ stored: true });
    expect((await world.send({ path: `${path}/confluence`, as })).json()).toEqual({ stored: false });
    expect((await world.send({ method: 'DELETE', path: `${path}/jira`, as })).status).toBe(204);
    expect(await stored('jira')).toBeNull();
  });

  it('is replaced by another', async () => {
    for (const credential of [BEARER, BASIC]) await world.send({ method: 'PUT', path: `${path}/jira`, as, json: { credential } });
    expect(await stored()).toBe(BASIC);
  });

  it('may be removed when there is none: what the caller wants is true', async () => {
    expect((await world.send({ method: 'DELETE', path: `${path}/jira`, as })).status).toBe(204);
  });

  it('is recorded with who, whose and for what, and without the credential [AUD-1, AUD-11]', async () => {
    await world.send({ method: 'PUT', path: `${path}/jira`, as, json: { credential: BEARER } });
    await world.send({ method: 'DELETE', path: `${path}/jira`, as });
    const common = { actor: as, outcome: 'done', detail: { username: 'alice', product: 'jira' } };
    expect(await acts()).toEqual([
      { ...common, action: 'upstream-credential.stored' },
      { ...common, action: 'upstream-credential.removed' },
    ]);
    const written = JSON.stringify(await world.records()) + world.logged.join('\n');
    expect(written).not.toContain(BEARER.slice('Bearer '.length));
  });

  it('without its record nothing is stored or removed: 503 [AUD-2]', async () => {
    const mute = await startAdminWorld(({ trail }) => ({
      trail: { ...trail, act: () => Promise.reject(new HostError('audit.unavailable')), noteLogin() {} },
    }));
    try {
      const userId = (await mute.directory.findByUsername('alice'))?.userId ?? 0;
      const put = await mute.send({ method: 'PUT', path: `${path}/jira`, as, json: { credential: BEARER } });
      expect(put.status).toBe(503);
      expect(await mute.upstreamCredentials.get(userId, 'jira')).toBeNull();
      await mute.upstreamCredentials.set(userId, 'jira', new Secret(BEARER));
      expect((await mute.send({ method: 'DELETE', path: `${path}/jira`, as })).status).toBe(503);
      expect((await mute.upstreamCredentials.get(userId, 'jira'))?.reveal()).toBe(BEARER);
    } finally {
      await mute.close();
    }
  });
});

describe('what is refused', () => {
  beforeAll(start);
  afterAll(close);

  it.each([
    [{}, 'missing'],
    [{ credential: null }, 'no text'],
    [{ credential: 7 }, 'no text'],
    [{ credential: '' }, 'empty'],
    [{ credential: 'secret-token' }, 'no scheme'],
    [{ credential: 'Bearer' }, 'a scheme alone'],
    [{ credential: 'Bearer  secret-token' }, 'two blanks'],
    [{ credential: 'bearer secret-token' }, 'the products want the exact letters [PAT-10]'],
    [{ credential: 'Digest secret-token' }, 'another scheme'],
    [{ credential: 'Bearer secret-token\r\nX-Forwarded-User: admin' }, 'would add a header'],
    [{ credential: 'Bearer sécret' }, 'not ASCII'],
    [{ credential: 'Basic secret!' }, 'no base64'],
    [{ credential: `Basic ${Buffer.from('secret').toString('base64')}` }, 'no pair'],
    [{ credential: `Bearer ${'secret'.repeat(1_000)}` }, 'too long'],
    [{ credential: BEARER, product: 'jira' }, 'unknown property'],
    [{ credentials: BEARER }, 'misspelt property'],
  ])('refuses %j with 400 that does not repeat it', async (json, _reason) => {
    const answer = await world.send({ method: 'PUT', path: `${OWN}/jira`, as: 'alice', json });
    expect(answer.status).toBe(400);
    expect(answer.json()['message']).toContain('credential');
    expect(answer.text).not.toContain('secret');
    expect(answer.text).not.toContain(BEARER.slice('Bearer '.length));
    expect(await stored()).toBeNull();
  });

  it.each(['GET', 'PUT', 'DELETE'])('knows no other product: %s is 404', async (method) => {
    const json = method === 'PUT' ? { json: { credential: BEARER } } : {};
    expect((await world.send({ method, path: `${OWN}/cloud`, as: 'alice', ...json })).status).toBe(404);
  });
});

describe('whose it is', () => {
  beforeEach(start);
  afterEach(close);

  it('is the caller’s own: what one user stores, another does not have', async () => {
    await world.send({ method: 'PUT', path: `${OWN}/jira`, as: 'admin', json: { credential: BEARER } });
    expect(await stored()).toBeNull();
    expect((await world.send({ path: `${OWN}/jira`, as: 'alice' })).json()).toEqual({ stored: false });
  });

  it.each(['GET', 'PUT', 'DELETE'])('%s for another is for administrators: 403, and 401 for nobody', async (method) => {
    const sent = {
      method,
      path: '/api/v1/users/admin/upstream-credentials/jira',
      ...(method === 'PUT' ? { json: { credential: BEARER } } : {}),
    };
    expect((await world.send({ ...sent, as: 'alice' })).status).toBe(403);
    expect((await world.send(sent)).status).toBe(401);
    expect((await world.send({ ...sent, path: `${OWN}/jira` })).status).toBe(401);
    expect(await acts()).toEqual([]);
  });

  it.each(['GET', 'PUT', 'DELETE'])('%s for an unknown user is 404', async (method) => {
    const json = method === 'PUT' ? { json: { credential: BEARER } } : {};
    const answer = await world.send({ method, path: '/api/v1/users/nobody/upstream-credentials/jira', as: 'admin', ...json });
    expect(answer.status).toBe(404);
  });

  it('is never given out, to nobody', async () => {
    await world.send({ method: 'PUT', path: `${OWN}/jira`, as: 'alice', json: { credential: BEARER } });
    for (const [path, as] of [
      [`${OWN}/jira`, 'alice'],
      [`${ALICES}/jira`, 'admin'],
      ['/api/v1/users/alice', 'admin'],
    ] as const) {
      expect((await world.send({ path, as })).text).not.toContain(BEARER.slice('Bearer '.length));
    }
  });
});
