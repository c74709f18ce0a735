// A token system that nobody at home knows: defined here, handed to the server in the list, and carried like the others. It has a table, a
// setting, a REST module, an authenticator and a job of its own, and not a line of src was changed for it.
import type { Plugin, PluginHost, TokenSummary } from '../../src/plugin-kit/contract.js';
import { loadSettings } from '../../src/config/load.js';
import { type Grant, type Principal, Secret, silentLogger, systemClock, systemRandom } from '../../src/core/index.js';
import { tableMigration } from '../../src/plugin-kit/migration.js';
import { mintText } from '../../src/plugin-kit/mint.js';
import { requireCaller, type RestCall, RestFault } from '../../src/plugin-kit/rest.js';
import { textSetting } from '../../src/plugin-kit/setting.js';
import { compileLimits } from '../../src/plugin-kit/stored-limits.js';
import { count, digest, id, instant, key, type RowOf, table } from '../../src/plugin-kit/table.js';
import { plugins } from '../../src/plugins/index.js';
import { type PosternServer, startServer } from '../../src/server/start.js';
import { type HttpAnswer, sendHttp } from '../support/http-client.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';

const SYSTEM = 'tickets';
const PATH_SETTING = textSetting<string>('tickets.opens', 'a rule', (text) => text, '.*', 'The rule that every ticket is held to.');

const columns = { id: id(), ticket_ref: key(20), digest: digest(), user_key: key(), label: key(), created_at: instant(), uses: count() };
const spec = { name: 'toy_ticket', columns, indices: [{ columns: ['digest'], isUnique: true }] };
const ticketTable = table(spec);
type Row = RowOf<typeof columns>;

/** Resolves at the first run of the plugin's job. */
let tellOfJob = (): void => undefined;
const whenJobRan = new Promise<void>((resolve) => {
  tellOfJob = resolve;
});

const tickets: Plugin = {
  manifest: {
    key: SYSTEM,
    name: 'Tickets',
    emulates: { version: '1', source: 'this file' },
    products: ['jira'],
    tables: [ticketTable],
    migrations: [tableMigration('CreateToyTicket1795305609901', spec)],
    settings: [PATH_SETTING],
  },
  async activate(host) {
    return {
      authenticators: [
        {
          scheme: 'bearer',
          product: 'jira',
          challenge: 'Bearer realm="Tickets"',
          verify: async ({ secret }) => {
            const row = await findByValue(host, secret.reveal());
            const owner = row === null ? null : await host.directory.findByUserKey(row.user_key);
            if (row === null) return { outcome: 'skipped' };
            if (owner?.isActive !== true) return { outcome: 'rejected', reason: 'owner-inactive', tokenRef: row.ticket_ref };
            return { outcome: 'accepted', principal: owner, grant: grantOf(host, row) };
          },
          async recordUses(uses, manager) {
            for (const { tokenRef, permitted } of uses) await manager.increment(ticketTable, { ticket_ref: tokenRef }, 'uses', permitted);
          },
        },
      ],
      restModules: [
        {
          product: 'jira',
          path: '/rest/tickets',
          versions: ['1.0'],
          routes: [
            { method: 'GET', path: '/', handle: async (call) => ({ status: 200, json: await listOwn(host, call) }) },
            { method: 'POST', path: '/', handle: (call) => make(host, call) },
          ],
          renderFault: ({ status, message }) => ({ status, json: { sorry: message } }),
        },
      ],
      tokens: {
        async list({ startAt, limit, owner }) {
          await host.settleUses();
          const rows = (await host.read<Row>('SELECT * FROM toy_ticket ORDER BY id')).filter(
            (row) => (owner ?? row.user_key) === row.user_key,
          );
          return { total: rows.length, tokens: rows.slice(startAt, startAt + limit).map(summarise) };
        },
        async inspect(tokenRef) {
          const [row] = await host.read<Row>('SELECT * FROM toy_ticket WHERE ticket_ref = ?', [tokenRef]);
          if (row === undefined) return null;
          const principal = await host.directory.findByUserKey(row.user_key);
          const rejection = principal?.isActive === true ? null : 'owner-inactive';
          return { ownerKey: row.user_key, principal, grant: grantOf(host, row), rejection, opens: ['jira'] };
        },
        revoke: (tokenRef, actor, clientAddress) =>
          host.audit.act({ action: 'token.deleted', actor, system: SYSTEM, tokenRef, clientAddress }, async () => {
            const { affected } = await host.transaction(async (manager) => {
              await host.tokens.remove(manager, SYSTEM, tokenRef);
              return manager.delete(ticketTable, { ticket_ref: tokenRef });
            });
            host.forget(tokenRef);
            return affected === 1;
          }),
        issuing: {
          terms: () => ({ labelLengthMax: 30, daysMax: 1, daysDefault: null, mayBeEternal: true, mayBeLimited: false }),
          async issue({ owner, actor, label, clientAddress }) {
            const value = mintText(host.random, 'abcdefghijklmnopqrstuvwxyz', 40);
            const tokenRef = await store(host, { owner, actor, label, value, clientAddress });
            return { tokenRef, value: new Secret(value), sentAs: { scheme: 'bearer' } };
          },
        },
      },
      jobs: [{ name: 'tickets: count', schedule: { everyMs: 5 }, run: async () => tellOfJob() }],
    };
  },
};

async function findByValue(host: PluginHost, value: string): Promise<Row | null> {
  const { digest: wanted } = host.keys.digest('token', value);
  return (await host.read<Row>('SELECT * FROM toy_ticket WHERE digest = ?', [wanted]))[0] ?? null;
}

function grantOf(host: PluginHost, row: Row): Grant {
  const limits = compileLimits([{ limitTo: host.setting(PATH_SETTING), ip: '' }]);
  return { tokenRef: row.ticket_ref, system: SYSTEM, validUntil: null, limits, isAnyone: false };
}

function summarise(row: Row): TokenSummary {
  return {
    tokenRef: row.ticket_ref,
    product: 'jira',
    label: row.label,
    owner: row.user_key,
    createdAt: row.created_at,
    expiresAt: null,
    lastUsedAt: null,
    useCount: row.uses,
    hasLimits: true,
  };
}

async function listOwn(host: PluginHost, call: RestCall): Promise<unknown> {
  const { principal } = requireCaller(call);
  await host.settleUses();
  const rows = await host.read<Row>('SELECT * FROM toy_ticket WHERE user_key = ?', [principal.userKeys.jira]);
  return rows.map(({ label, uses }) => ({ label, uses }));
}

async function make(host: PluginHost, call: RestCall) {
  const { principal } = requireCaller(call);
  const { label } = (await call.json()) as { label?: unknown };
  if (typeof label !== 'string') throw new RestFault(400, 'a label, please');
  const value = mintText(host.random, 'abcdefghijklmnopqrstuvwxyz', 40);
  await store(host, { owner: principal, actor: principal, label, value, clientAddress: call.request.clientAddress });
  return { status: 201, json: { ticket: value }, isSecret: true };
}

interface NewTicket {
  readonly owner: Principal;
  readonly actor: Principal;
  readonly label: string;
  readonly value: string;
  readonly clientAddress: string | null;
}

async function store(host: PluginHost, { owner, actor, label, value, clientAddress }: NewTicket): Promise<string> {
  const tokenRef = mintText(host.random, '0123456789', 12);
  const created = { label, createdAt: host.clock.now(), user: owner.userKeys.jira };
  await host.audit.act({ action: 'token.created', actor, system: SYSTEM, tokenRef, clientAddress }, () =>
    host.transaction(async (manager) => {
      await manager.insert(ticketTable, {
        ticket_ref: tokenRef,
        digest: host.keys.digest('token', value).digest,
        user_key: created.user,
        label,
        created_at: created.createdAt,
        uses: 0,
      });
      await host.tokens.add(manager, {
        system: SYSTEM,
        tokenRef,
        product: 'jira',
        label,
        owner: created.user,
        createdAt: created.createdAt,
        expiresAt: null,
        hasLimits: true,
      });
    }),
  );
  return tokenRef;
}

describe('a sixth token system', () => {
  let folder: TemporaryFolder;
  let server: PosternServer;
  const carried = [...plugins, tickets];

  beforeAll(async () => {
    folder = await temporaryFolder();
    const settings = loadSettings(
      carried.flatMap(({ manifest }) => manifest.settings),
      { POSTERN_DATA: folder.path, POSTERN_PORT: '0', POSTERN_TICKETS_OPENS: '[get].*/rest/api/2/myself' },
    );
    server = await startServer({
      settings,
      plugins: carried,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      timezone: 'UTC',
      print: () => undefined,
    });
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await folder.remove();
  });

  const ask = (method: string, path: string, authorization: string, json?: unknown): Promise<HttpAnswer> =>
    sendHttp(server.port, {
      method,
      path,
      headers: { Authorization: authorization, ...(json === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  const basic = (name: string): string => `Basic ${Buffer.from(`${name}:${name}`).toString('base64')}`;
  const makeTicket = async (label: string): Promise<string> => {
    const answer = await ask('POST', '/jira/rest/tickets/1.0', basic('user'), { label });
    expect([answer.status, answer.headers['cache-control']]).toEqual([201, 'no-store']);
    return `Bearer ${(JSON.parse(answer.text) as { ticket: string }).ticket}`;
  };
  const listed = async () => {
    const answer = await ask('GET', '/api/v1/tokens', basic('admin'));
    expect(answer.status).toBe(200);
    const { tokens } = JSON.parse(answer.text) as {
      tokens: { system: string; tokenRef: string; label: string; owner: string; useCount: number }[];
    };
    return tokens;
  };

  it('is carried: its REST is served, its tokens open the product within the limits that its setting gives them', async () => {
    const ticket = await makeTicket('first');
    const answer = await ask('GET', '/jira/rest/api/2/myself', ticket);
    expect([answer.status, (JSON.parse(answer.text) as { name: string }).name]).toEqual([200, 'user']);
    expect((await ask('GET', '/jira/rest/api/2/serverInfo', ticket)).status).toBe(403);
    expect((await ask('GET', '/confluence/rest/api/user/current', ticket)).text).not.toContain('"username":"user"');
    const own = await ask('GET', '/jira/rest/tickets/1.0', basic('user'));
    expect(JSON.parse(own.text)).toEqual([{ label: 'first', uses: 1 }]);
  });

  it('renders its own faults, and its routes answer as everybody’s do', async () => {
    const bad = await ask('POST', '/jira/rest/tickets/1.0', basic('user'), {});
    expect([bad.status, bad.text]).toEqual([400, '{"sorry":"a label, please"}']);
    const wrong = await ask('PUT', '/jira/rest/tickets/1.0', basic('user'));
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('is listed and revoked by administrators beside the others, and stops at once', async () => {
    const ticket = await makeTicket('second');
    await ask('POST', '/jira/rest/extender/1.0/tokenTools/set', basic('user'), { label: 'of another system' });
    expect((await ask('GET', '/jira/rest/api/2/myself', ticket)).status).toBe(200);
    const [mine] = (await listed()).filter(({ label }) => label === 'second');
    expect(mine).toMatchObject({ system: SYSTEM, owner: 'user', useCount: 1 });
    expect((await listed()).map(({ system }) => system)).toContain('extender');
    expect(
      (await ask('DELETE', `/api/v1/tokens/${SYSTEM}?tokenRef=${encodeURIComponent(mine?.tokenRef ?? '')}`, basic('admin'))).status,
    ).toBe(204);
    const after = await ask('GET', '/jira/rest/api/2/myself', ticket);
    expect(after.text).not.toContain('"name":"user"');
    expect((await listed()).filter(({ label }) => label === 'second')).toEqual([]);
  });

  it('appears on the pages by being there: what can be made, one that is made, and one’s own list', async () => {
    const systems = await ask('GET', '/api/v1/token-systems', basic('user'));
    expect((JSON.parse(systems.text) as { system: string }[]).find(({ system }) => system === SYSTEM)).toMatchObject({
      name: 'Tickets',
      terms: { labelLengthMax: 30 },
    });
    const made = await ask('POST', '/api/v1/my/tokens', basic('user'), { system: SYSTEM, label: 'from the page' });
    expect(made.status).toBe(201);
    const { value, examplePath } = JSON.parse(made.text) as { value: string; examplePath: string };
    expect((await ask('GET', examplePath, `Bearer ${value}`)).text).toContain('"name":"user"');
    expect((await ask('GET', '/api/v1/my/tokens', basic('user'))).text).toContain('"label":"from the page"');
  });

  it('has its acts in the trail, and its job runs', async () => {
    const trail = await ask('GET', '/api/v1/audit.jsonl', basic('admin'));
    const lines = trail.text.split('\n').filter((line) => line.includes(`"${SYSTEM}"`));
    expect(lines.some((line) => line.includes('token.created'))).toBe(true);
    expect(lines.some((line) => line.includes('token.deleted'))).toBe(true);
    await expect(whenJobRan).resolves.toBeUndefined();
  });
});
