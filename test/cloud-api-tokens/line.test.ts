// The cloud's credentials on the whole line of the built server, in both profiles: what opens what, how a refusal looks, what is recorded.
import type { AuditRecord } from '../../src/audit/contract.js';
import { type Gate, openGate, request } from '../support/gate.js';
import { basic } from '../support/raw-client.js';
import type { RecordedRequest } from '../support/upstream.js';

const ORGANIZATION = '/admin/api-access/v1/orgs/0b1d5c0e-6a7f-4c53-9f0a-2f6d6f0c7e11/api-tokens';

interface Made {
  readonly id: string;
  readonly key: string;
  readonly token: string;
}

describe.each(['emulator', 'gateway'] as const)('in the %s profile', (profile) => {
  let gate: Gate;
  let key: Made;
  let token: Made;
  let account: string;
  beforeAll(async () => {
    gate = await openGate(profile);
    await gate.api('PATCH', '/api/v1/users/admin', { emailAddress: 'admin@example.com' });
    account = (JSON.parse((await gate.api('GET', '/api/v1/users/admin')).text) as { accountId: string }).accountId;
    key = await made('/api/v1/organization-keys', { label: 'key' });
    token = await made('/api/v1/cloud-api-tokens', { label: 'token', limitTo: '[get] /jira/rest/api/2/issue/.*' });
  });
  afterAll(() => gate.close());

  const made = async (path: string, body: object): Promise<Made> => {
    const { status, text } = await gate.api('POST', path, body);
    if (status !== 201) throw new Error(`${path} answered ${status}: ${text}`);
    return JSON.parse(text) as Made;
  };
  const ask = async (target: string, authorization: string | null, method = 'GET') =>
    gate.send(request(method, target, authorization === null ? [] : [`Authorization: ${authorization}`]));
  /** The user that the product is told of. */
  const usersTold = (received: readonly RecordedRequest[]): (string | undefined)[] =>
    received.map(
      ({ rawHeaders }) => rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'x-forwarded-user') + 1 || rawHeaders.length],
    );
  const recordsOf = async (path: string): Promise<readonly AuditRecord[]> =>
    (await gate.records()).filter((record) => record.path === path);

  it('an organization key opens the cloud’s resources, and the record names it [CLD-1, CLD-2, CLD-8]', async () => {
    for (const target of [`/users/${account}/manage/api-tokens`, ORGANIZATION, `/users/${account}/manage?privileges=apiToken.read`]) {
      const { answer, received } = await ask(target, `Bearer ${key.key}`);
      expect([answer.status, answer.headers['content-type'], received]).toEqual([200, 'application/json;charset=UTF-8', []]);
    }
    expect(await recordsOf(ORGANIZATION)).toMatchObject([{ decision: 'permit', actor: 'admin', tokenRef: key.id, status: 200 }]);
  });

  it.each([
    ['nothing', () => null, []],
    ['a wrong key', () => 'Bearer wrong', ['error="invalid_token"']],
    ['no bearer token at all', () => 'Bearer a b', ['error="invalid_token"']],
    ['a password', () => gate.password, []],
    ['a cloud API token', () => basic('admin@example.com', token.token), []],
    ['a cloud API token as Bearer', () => `Bearer ${token.token.split('=')[0]}`, ['error="invalid_token"']],
    ['the key as a password', () => basic('admin', key.key), []],
    ['another scheme', () => 'Digest x', []],
  ])(
    '%s does not: 401, a flat object with a key, and the one challenge that would do [CLD-2, CLD-5, GW-12]',
    async (_what, authorization, more) => {
      for (const target of [`/users/${account}/manage/api-tokens`, '/users/x/y', '/users', ORGANIZATION, '/admin/api-access/v1']) {
        const { answer, received } = await ask(target, authorization());
        expect([target, answer.status, answer.headers['content-type'], received]).toEqual([
          target,
          401,
          'application/json;charset=UTF-8',
          [],
        ]);
        expect(JSON.parse(answer.body)).toEqual({
          key: 'unauthorized',
          message: 'Client must be authenticated to access this resource.',
        });
        expect(answer.headers['www-authenticate']).toBe(['Bearer realm="Postern"', ...more].join(', '));
      }
    },
  );

  it('another system’s token does not [CLD-2]', async () => {
    const extender = await gate.token({});
    expect((await ask('/jira/rest/api/2/myself', gate.as(extender.token))).answer.status).toBe(200);
    expect((await ask(ORGANIZATION, gate.as(extender.token))).answer.status).toBe(401);
    expect((await ask(ORGANIZATION, `Bearer ${extender.token}`)).answer.status).toBe(401);
  });

  it('what was refused is recorded as denied [CLD-2, AUD-1]', async () => {
    const path = '/users/recorded/manage/api-tokens';
    await ask(path, null);
    await ask(path, 'Bearer wrong');
    await ask(path, gate.password);
    expect((await recordsOf(path)).map(({ decision, status }) => [decision, status])).toEqual([
      ['deny', 401],
      ['deny', 401],
      ['deny', 401],
    ]);
  });

  it('an organization key opens nothing else [CLD-2, GW-7]', async () => {
    const bearer = `Bearer ${key.key}`;
    const product = await ask('/jira/rest/api/2/myself', bearer);
    // In the emulator a Bearer value that nobody accepts is as good as none [GW-15].
    expect([product.answer.status, usersTold(product.received)]).toEqual(profile === 'emulator' ? [200, [undefined]] : [401, []]);
    for (const path of ['/api/v1/users', '/api/v1/organization-keys', '/api/v1/managed-accounts.csv']) {
      expect((await ask(path, bearer)).answer.status).toBe(401);
    }
  });

  it('a cloud API token guards the product within its limits [CLD-9]', async () => {
    const authorization = basic('admin@example.com', token.token);
    const permitted = await ask('/jira/rest/api/2/issue/A-1', authorization);
    expect([permitted.answer.status, usersTold(permitted.received)]).toEqual([200, ['admin']]);
    expect((await ask('/jira/rest/api/2/myself', authorization)).answer.status).toBe(403);
    expect((await ask('/jira/rest/api/2/issue/A-1', authorization, 'DELETE')).answer.status).toBe(403);
    expect((await ask('/jira/rest/api/2/issue/A-1', basic('admin', token.token))).answer.status).toBe(401);
    for (const path of ['/api/v1/users', '/api/v1/cloud-api-tokens']) expect((await ask(path, authorization)).answer.status).toBe(401);
  });

  it('a use is seen in the token’s last access, and in the key’s [CLD-1, CLD-3]', async () => {
    const list = JSON.parse((await ask(`/users/${account}/manage/api-tokens`, `Bearer ${key.key}`)).answer.body) as object[];
    expect(list).toMatchObject([{ id: token.id, lastAccess: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/) as string }]);
    const keys = JSON.parse((await gate.api('GET', '/api/v1/organization-keys')).text) as { lastUsedAt: string | null }[];
    expect(keys.map(({ lastUsedAt }) => typeof lastUsedAt)).toEqual(['string']);
  });

  it('a key that is revoked is refused from the next request on [CLD-3]', async () => {
    const other = await made('/api/v1/organization-keys', { label: 'other' });
    expect((await ask(ORGANIZATION, `Bearer ${other.key}`)).answer.status).toBe(200);
    expect((await gate.api('DELETE', `/api/v1/organization-keys/${other.id}`)).status).toBe(204);
    expect((await ask(ORGANIZATION, `Bearer ${other.key}`)).answer.status).toBe(401);
  });
});
