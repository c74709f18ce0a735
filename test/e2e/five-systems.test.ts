// All five systems on the built server: each makes a token by its own documented call, uses it over a socket, and takes it away.
import { basic } from '../support/raw-client.js';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';

const USER = basic('user', 'user');
const DAY_MS = 86_400_000;

interface System {
  readonly name: string;
  /** Resolves with the Authorization value of a new token, the path it opens, the way to end it, and its life in ms where it ends. */
  make(call: Call): Promise<{ authorization: string; opens: string; end: () => Promise<number>; lifeMs: number | null; days: number }>;
}

type Call = (
  method: string,
  path: string,
  body?: unknown,
  authorization?: string,
) => Promise<{ status: number; json: Record<string, unknown>; text: string }>;

const SYSTEMS: readonly System[] = [
  {
    name: 'Extender',
    async make(call) {
      const base = '/jira/rest/extender/1.0/tokenTools';
      const { json } = await call('POST', `${base}/set`, { label: 'five', daysUntilExpiry: 90 });
      return {
        authorization: basic('user', String(json['token'])),
        opens: '/jira/rest/api/2/myself',
        end: async () => (await call('DELETE', `${base}/delete`, { token: json['token'] })).status,
        lifeMs: Number(json['validUntil']) - Number(json['dateCreated']),
        days: 90,
      };
    },
  },
  ...(['jira', 'confluence'] as const).map((product) => ({
    name: `Wombats, ${product}`,
    async make(call: Call) {
      const base = `/${product}/rest/api-tokens/latest`;
      const { json } = await call('POST', `${base}/`, { label: 'five' });
      const [{ id }] = JSON.parse((await call('GET', `${base}/`)).text) as [{ id: string }];
      return {
        authorization: basic('user', String(json['passwordValue'])),
        opens: product === 'jira' ? '/jira/rest/api/latest/configuration' : '/confluence/rest/api/user/current',
        end: async () => (await call('DELETE', `${base}/${id}`)).status,
        lifeMs: null,
        days: 0,
      };
    },
  })),
  ...(['jira', 'confluence'] as const).map((product) => ({
    name: `personal access tokens, ${product}`,
    async make(call: Call) {
      const base = `/${product}/rest/pat/latest/tokens`;
      const { json } = await call('POST', base, { name: 'tokenName', expirationDuration: 90 });
      return {
        authorization: `Bearer ${String(json['rawToken'])}`,
        opens: product === 'jira' ? '/jira/rest/api/2/myself' : '/confluence/rest/api/user/current',
        end: async () => (await call('DELETE', `${base}/${String(json['id'])}`)).status,
        lifeMs: Date.parse(String(json['expiringAt'])) - Date.parse(String(json['createdAt'])),
        days: 90,
      };
    },
  })),
  {
    name: 'Cloud',
    async make(call) {
      const { json } = await call('POST', '/api/v1/cloud-api-tokens', { label: 'five', expiresInDays: 30 });
      const instant = (name: string): number => Date.parse(String(json[name]).replace(/(\.\d{3})\d+Z$/, '$1Z'));
      return {
        authorization: basic('user@example.com', String(json['token'])),
        opens: '/jira/rest/api/2/myself',
        end: async () => (await call('DELETE', `/api/v1/cloud-api-tokens/${String(json['id'])}`)).status,
        lifeMs: instant('expiry') - instant('createdAt'),
        days: 30,
      };
    },
  },
];

describe('the five systems on one server', () => {
  let postern: PosternProcess;
  const call: Call = async (method, path, body, authorization = USER) => {
    const answer = await fetch(`${postern.origin}${path}`, {
      method,
      headers: { Authorization: authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
  };
  beforeAll(async () => {
    postern = await startPosternProcess();
  });
  afterAll(() => postern.close());

  it.each(SYSTEMS)(
    '$name: makes, uses and ends a token by the documented calls [EXT-34, WOM-1, PAT-10, PAT-21, CLD-9]',
    async ({ make }) => {
      const { authorization, opens, end, lifeMs, days } = await make(call);
      const used = await call('GET', opens, undefined, authorization);
      expect([used.status, used.json['name'] ?? used.json['username'] ?? 'user']).toEqual([200, 'user']);
      if (lifeMs !== null) expect(lifeMs).toBe(days * DAY_MS);
      expect([200, 204]).toContain(await end());
      const after = await call('GET', opens, undefined, authorization);
      // A wrong bearer token is anonymous in the emulator profile, as in the product [PAT-11].
      expect([401, 'anonymous']).toContain(after.json['type'] ?? after.json['name'] ?? after.status);
    },
  );

  it('lets an administrator revoke any token by its reference, slashes and all [EXT-52]', async () => {
    const admin = basic('admin', 'admin');
    for (let made = 0; made < 8; made += 1) await call('POST', '/jira/rest/extender/1.0/tokenTools/set', { label: 'slashes' });
    const listed = (await call('GET', '/api/v1/tokens?system=extender', undefined, admin)).json['tokens'] as { tokenRef: string }[];
    expect(listed.some(({ tokenRef }) => tokenRef.includes('/'))).toBe(true);
    for (const { tokenRef } of listed) {
      const answer = await call('DELETE', `/api/v1/tokens/extender?tokenRef=${encodeURIComponent(tokenRef)}`, undefined, admin);
      expect(answer.status).toBe(204);
    }
    expect((await call('GET', '/api/v1/tokens?system=extender', undefined, admin)).json['total']).toBe(0);
  });

  it('reads a managed account’s tokens with an organization key [CLD-1, CLD-2]', async () => {
    const key = (await call('POST', '/api/v1/organization-keys', { label: 'report' }, basic('admin', 'admin'))).json['key'];
    const csv = (await call('GET', '/api/v1/managed-accounts.csv', undefined, basic('admin', 'admin'))).text;
    const account = /^([^,\n]+),user,/m.exec(csv)?.[1] ?? '';
    await call('POST', '/api/v1/cloud-api-tokens', { label: 'seen' });
    const read = await call('GET', `/users/${account}/manage/api-tokens`, undefined, `Bearer ${String(key)}`);
    expect([read.status, (JSON.parse(read.text) as { label: string }[]).map(({ label }) => label)]).toEqual([200, ['seen']]);
  });
});
