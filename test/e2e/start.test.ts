// How the built server starts, refuses to start, and what it says; each as a process of its own.
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createPosternMail1795305600080 } from '../../src/mail/postern-mail.js';
import { plugins } from '../../src/plugins/index.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { openSqliteReader } from '../../src/store/sqlite-reader.js';
import { basic } from '../support/raw-client.js';
import { newFolder, type PosternProcess, runPosternToEnd, startPosternProcess } from '../support/postern-process.js';

const json = async (url: string, init?: RequestInit) => {
  const answer = await fetch(url, init);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown>, headers: answer.headers };
};
const login = (name: string, password: string) => ({ headers: { Authorization: basic(name, password) } });

const GATEWAY = { POSTERN_JIRA_UPSTREAM: 'http://127.0.0.1:9', POSTERN_UPSTREAM_IDENTITY: 'per-user' };

describe('the emulator profile', () => {
  let postern: PosternProcess;
  beforeAll(async () => {
    postern = await startPosternProcess();
  });
  afterAll(() => postern.close());

  describe('on an empty folder', () => {
    it('begins with demo users, both products and a banner that says so [PRD-2, DIR-3]', async () => {
      expect(postern.output()).toMatch(/admin\/admin \(administrator\), user\/user, jankowalski\/jankowalski/);
      expect(postern.output()).toMatch(/Jira +http:\/\/localhost:\d+\/jira/);
      for (const name of ['admin', 'user', 'jankowalski']) {
        const { status, json: user } = await json(`${postern.origin}/jira/rest/api/2/myself`, login(name, name));
        expect([status, user['name']]).toEqual([200, name]);
        expect(user['key']).toMatch(/^JIRAUSER1\d{4}$/);
      }
      const confluence = await json(`${postern.origin}/confluence/rest/api/user/current`, login('user', 'user'));
      expect([confluence.status, confluence.json['username']]).toEqual([200, 'user']);
      expect((await json(`${postern.origin}/readyz`)).status).toBe(200);
      expect((await json(`${postern.origin}/jira/status`)).json).toEqual({ state: 'RUNNING' });
      expect((await json(`${postern.origin}/confluence/status`)).json).toEqual({ state: 'RUNNING' });
    });

    it('keeps database, keys and trail for their owner alone [GW-13]', () => {
      const modes = ['site-key.json', 'postern.sqlite'].map((name) =>
        (statSync(path.join(postern.dataFolder, name)).mode & 0o777).toString(8),
      );
      expect(modes).toEqual(['600', '600']);
      expect((statSync(path.join(postern.dataFolder, 'audit')).mode & 0o777).toString(8)).toBe('700');
    });

    it('knows each migration by the name it has in the source: what is bundled goes on where other builds have been', () => {
      const reader = openSqliteReader(path.join(postern.dataFolder, 'postern.sqlite'));
      const done = reader.all('SELECT name FROM postern_migration', []) as readonly { name: string }[];
      reader.close();
      const migrations = [...storeMigrations, createPosternMail1795305600080, ...plugins.flatMap(({ manifest }) => manifest.migrations)];
      expect(done.map(({ name }) => name).sort()).toEqual(migrations.map((Migration) => new Migration().name ?? Migration.name).sort());
    });

    it('is told when its port is taken', async () => {
      const { code, output } = await runPosternToEnd({ POSTERN_PORT: String(postern.port) }, newFolder());
      expect([code, /EADDRINUSE/.test(output), /POSTERN_PORT/.test(output)]).toEqual([1, true, true]);
    });

    it('does not start beside another process on the same data folder [AUD-3]', async () => {
      const { code, output } = await runPosternToEnd({}, postern.dataFolder);
      expect([code, /Postern cannot start/.test(output)]).toEqual([1, true]);
      expect((await json(`${postern.origin}/readyz`)).status).toBe(200);
    });

    it.each(['0.0.0.0', '::'])('refuses to listen on %s with demo users', async (host) => {
      const folder = newFolder();
      const { code, output } = await runPosternToEnd({ POSTERN_HOST: host }, folder);
      expect(code).toBe(1);
      expect(output).toMatch(/loopback only/);
      rmSync(folder, { recursive: true, force: true });
    });
  });

  describe('on the folder of a run before', () => {
    beforeAll(() => postern.stop());

    it('refuses another address also when the demo users are there from before', async () => {
      const { code, output } = await runPosternToEnd({ POSTERN_HOST: '0.0.0.0' }, postern.dataFolder);
      expect([code, /admin, user, jankowalski/.test(output)]).toEqual([1, true]);
    });

    it('does not become a gateway while its demo users have their printed passwords', async () => {
      const { code, output } = await runPosternToEnd(GATEWAY, postern.dataFolder);
      expect([code, /printed passwords/.test(output)]).toEqual([1, true]);
    });

    it('does not start without the keys its database was used with [GW-13]', async () => {
      rmSync(path.join(postern.dataFolder, 'site-key.json'));
      const { code, output } = await runPosternToEnd({}, postern.dataFolder);
      expect([code, /key file .* is missing/.test(output)]).toEqual([1, true]);
      expect(readdirSync(postern.dataFolder)).not.toContain('site-key.json');
    });
  });

  it('has 404 for the context of a product without an upstream, where the other has one [GW-7]', async () => {
    const other = await startPosternProcess({ POSTERN_PROFILE: 'emulator', POSTERN_CONFLUENCE_UPSTREAM: 'http://127.0.0.1:9' });
    try {
      expect((await json(`${other.origin}/jira/rest/api/2/myself`, login('admin', 'admin'))).status).toBe(404);
      expect((await json(`${other.origin}/confluence/rest/api/content`, login('admin', 'admin'))).status).toBe(502);
    } finally {
      await other.close();
    }
  });
});

describe('the gateway profile', () => {
  it('does not start on an empty database without a first administrator, and says which line to set', async () => {
    const folder = newFolder();
    const { code, output } = await runPosternToEnd(GATEWAY, folder);
    expect(code).toBe(1);
    expect(output).toContain('POSTERN_BOOTSTRAP_ADMIN=name:password');
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes the first administrator once, and no demo users', async () => {
    const first = await startPosternProcess({ ...GATEWAY, POSTERN_BOOTSTRAP_ADMIN: 'root:a:long:password' });
    await first.stop();
    const second = await startPosternProcess({ ...GATEWAY, POSTERN_BOOTSTRAP_ADMIN: 'root:another-password' }, first.dataFolder);
    try {
      const { status, json: body } = await json(`${second.origin}/api/v1/users`, login('root', 'a:long:password'));
      expect([status, (body['users'] as { username: string }[]).map((user) => user.username)]).toEqual([200, ['root']]);
      expect((await json(`${second.origin}/api/v1/users`, login('root', 'another-password'))).status).toBe(401);
      expect((await json(`${second.origin}/api/v1/users`, login('admin', 'admin'))).status).toBe(401);
      expect(second.output()).not.toContain('a:long:password');
    } finally {
      await second.close();
    }
  });
});

describe('a start that cannot be', () => {
  it('names every wrong setting at once and touches nothing', async () => {
    const folder = path.join(newFolder(), 'data');
    const { code, output } = await runPosternToEnd({ POSTERN_PORTT: '1', POSTERN_HOST: 'a b', POSTERN_DATA: folder });
    expect(code).toBe(1);
    expect(output).toContain('POSTERN_PORTT is not a setting; did you mean POSTERN_PORT?');
    expect(output).toContain('POSTERN_HOST');
    expect(output).not.toMatch(/at .*\.js:/);
    expect(existsSync(folder)).toBe(false);
  });

  it('names the place of a policy that does not compile [GW-20]', async () => {
    const folder = newFolder();
    const file = path.join(folder, 'postern.yml');
    writeFileSync(file, 'policy:\n  - effect: permit\n    rule: ".*"\n  - effect: forbid\n    rule: "(?!x)"\n');
    const { code, output } = await runPosternToEnd({ POSTERN_CONFIG: file }, folder);
    expect([code, output.includes('policy[1]')]).toEqual([1, true]);
  });
});
