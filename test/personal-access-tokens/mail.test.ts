// Mails about tokens, over SMTP to a real server, and what becomes of one that the server does not take [PAT-53].
import { DAY_MS, LIMITS } from '../../src/core/index.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { type MailServer, type MailServerOptions, startMailServer } from './mail-server.js';
import { ADMIN, ALICE, BASE, CONFLUENCE_BASE, create, make, type NewToken, runJob, startPats, storedRow } from './pat-world.js';

let server: MailServer;
let world: PluginWorld;
const servers: MailServer[] = [];

beforeEach(async () => {
  server = await start();
  world = await startPats({ mailUrl: server.url });
});

afterEach(async () => {
  await world.close();
  for (const each of servers.splice(0)) await each.close();
});

async function start(options: MailServerOptions = {}): Promise<MailServer> {
  const started = await startMailServer(options);
  servers.push(started);
  return started;
}

/** Runs what is due, and tells the subjects of what arrived. */
async function deliver(ms: number = LIMITS.mailDeliveryMs): Promise<readonly string[]> {
  await world.clock.advance(ms);
  return server.received.map(({ subject }) => subject);
}

/** Lets days go by, on which nobody looks for mails every second. */
async function pass(ms: number): Promise<void> {
  world = await world.restart({ mailUrl: null });
  await world.clock.advance(ms);
  world = await world.restart({ mailUrl: server.url });
}

async function waiting(): Promise<number> {
  return (await world.store.read('SELECT id FROM postern_mail')).length;
}

const remove = ({ id }: NewToken, login: readonly [string, string]) =>
  world.send({ method: 'DELETE', path: `${BASE}/tokens/${id}`, as: login });

describe('a token’s owner is told', () => {
  it('that it was made, in text and in HTML [PAT-53]', async () => {
    const token = await make(world, ALICE, { name: 'nightly', expirationDuration: 90 });
    expect(await deliver()).toEqual(['[Jira] Your personal access token "nightly" was created']);
    const [mail] = server.received;
    expect([mail?.from, mail?.to, mail?.headers.get('to'), mail?.headers.get('from')]).toEqual([
      'postern@example.com',
      ['alice@example.com'],
      'Alice Example <alice@example.com>',
      'postern@example.com',
    ]);
    expect([mail?.headers.get('auto-submitted'), mail?.headers.get('date')]).toEqual(['auto-generated', 'Sat, 31 Jan 2026 10:00:00 +0000']);
    expect([...(mail?.parts.keys() ?? [])]).toEqual(['text/plain', 'text/html']);
    for (const part of mail?.parts.values() ?? []) {
      expect(part).toContain('Hello Alice Example,');
      expect(part).toContain('expires on 2026-05-01 10:00 UTC');
    }
    expect(mail?.source).not.toContain(token.rawToken);
    expect(await waiting()).toBe(0);
  });

  it('once that it expires soon and once that it has expired, whatever the job does again [PAT-51, PAT-53]', async () => {
    const { id } = await make(world, ALICE, { name: 'nightly', expirationDuration: 10 }, CONFLUENCE_BASE);
    for (const days of [4, 1, 1, 3, 1, 1, 10]) {
      await pass(days * DAY_MS);
      await runJob(world, 'expiry check');
    }
    expect(await deliver()).toEqual([
      '[Confluence] Your personal access token "nightly" was created',
      '[Confluence] Your personal access token "nightly" expires soon',
      '[Confluence] Your personal access token "nightly" has expired',
    ]);
    expect((await storedRow(world, id))['NOTIFICATION_STATE']).toBe('EXPIRED_SENT');
    const [, soon, expired] = server.received;
    expect(soon?.parts.get('text/plain')).toContain('expires on 2026-02-10 10:00 UTC');
    expect(expired?.parts.get('text/plain')).toContain('expired on 2026-02-10 10:00 UTC');
    expect([soon?.headers.get('date'), expired?.headers.get('date')]).toEqual([
      'Thu, 05 Feb 2026 10:00:00 +0000',
      'Tue, 10 Feb 2026 10:00:00 +0000',
    ]);
  });

  it('nothing of "soon" once it is over, though the job never ran before [PAT-51]', async () => {
    await make(world, ALICE, { name: 'nightly', expirationDuration: 10 });
    await pass(10 * DAY_MS);
    await runJob(world, 'expiry check');
    expect(await deliver()).toEqual([
      '[Jira] Your personal access token "nightly" was created',
      '[Jira] Your personal access token "nightly" has expired',
    ]);
  });

  it('that somebody else deleted it, and who; not when it was the owner [PAT-53]', async () => {
    const [own, other] = [await make(world, ALICE, { name: 'own' }), await make(world, ALICE, { name: 'other' })];
    await deliver();
    await remove(own, ALICE);
    await remove(other, ADMIN);
    expect((await deliver()).slice(2)).toEqual(['[Jira] Your personal access token "other" was deleted']);
    expect(server.received.at(-1)?.parts.get('text/plain')).toContain('was deleted by Admin Example.');
  });

  it('that it was deleted automatically [PAT-53]', async () => {
    await make(world, ALICE, { name: 'old', expirationDuration: 1 });
    await pass(40 * DAY_MS);
    await runJob(world, 'prune');
    expect((await deliver()).at(-1)).toBe('[Jira] Your personal access token "old" was deleted');
    expect(server.received.at(-1)?.parts.get('text/plain')).toContain('was deleted automatically.');
  });

  it('nothing while mails are switched off, and no state says that something was told [PAT-53, PAT-51]', async () => {
    world = await world.restart({ settings: { 'atlassian.pats.mail.notifications.enabled': false } });
    const { id } = await make(world, ALICE, { name: 'x', expirationDuration: 1 });
    await pass(2 * DAY_MS);
    await runJob(world, 'expiry check');
    expect([await deliver(), await waiting(), (await storedRow(world, id))['NOTIFICATION_STATE']]).toEqual([[], 0, 'NOT_SENT']);
  });

  it('nothing when there is nowhere to tell it: no address, or nobody active [PAT-53]', async () => {
    await world.directory.changeUser('alice', { emailAddress: '' });
    const token = await make(world, ALICE);
    await world.directory.changeUser('alice', { emailAddress: 'alice@example.com', isActive: false });
    await remove(token, ADMIN);
    expect([await deliver(), await waiting()]).toEqual([[], 0]);
  });
});

describe('what users and tokens are called', () => {
  it('is escaped in HTML, and is one line of the header whatever it holds [PAT-53]', async () => {
    const name = '<img src=x onerror=alert(1)> & "żółć"';
    await world.directory.changeUser('alice', { displayName: '"><script>x</script>, root@example.com' });
    await make(world, ALICE, { name });
    expect(await deliver()).toEqual([`[Jira] Your personal access token "${name}" was created`]);
    const [mail] = server.received;
    const html = mail?.parts.get('text/html') ?? '';
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;żółć&quot;');
    expect(html).not.toMatch(/<img|<script/);
    expect(mail?.parts.get('text/plain')).toContain(`personal access token "${name}"`);
    expect(mail?.to).toEqual(['alice@example.com']);
    expect([...(mail?.headers.keys() ?? [])].sort()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
  });
});

describe('a mail that fails', () => {
  it('never fails what it tells of, is tried again with growing delay under the same id, and arrives once [PAT-53]', async () => {
    server.isRefusing = true;
    expect((await create(world, ALICE, { name: 'x' })).status).toBe(201);
    const tries: number[] = [];
    for (let minute = 0; minute < 16; minute += 1) {
      await deliver(LIMITS.mailRetryMs);
      const [row] = await world.store.read<{ tries: number }>('SELECT tries FROM postern_mail');
      tries.push(row?.tries ?? 0);
    }
    // Tried within the first minute, then after one more, two, four, eight.
    expect(tries).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5]);
    const [{ message_id: messageId } = { message_id: '' }] = await world.store.read<{ message_id: string }>(
      'SELECT message_id FROM postern_mail',
    );
    server.isRefusing = false;
    expect(await deliver(16 * LIMITS.mailRetryMs)).toHaveLength(1);
    expect(server.received[0]?.headers.get('message-id')).toBe(messageId);
    expect(await waiting()).toBe(0);
    expect(world.logged.filter((line) => line.startsWith('The mail server did not take a mail; it is tried again'))).toHaveLength(5);
  });

  it('waits through a restart, and through a server that is away [PAT-53]', async () => {
    await server.close();
    expect((await create(world, ALICE, { name: 'x' })).status).toBe(201);
    await deliver();
    expect(await waiting()).toBe(1);
    world = await world.restart();
    server = await start({ port: Number(new URL(server.url).port) });
    expect(await deliver(2 * LIMITS.mailRetryMs)).toHaveLength(1);
  });

  it('is dropped in the end, with a line in the log [PAT-53]', async () => {
    server.isRefusing = true;
    await make(world, ALICE);
    await deliver();
    expect(await waiting()).toBe(1);
    await world.store.transaction((manager) =>
      manager.query('UPDATE postern_mail SET tries = ?, next_try_at = 0', [LIMITS.mailTriesMax - 1]),
    );
    await deliver();
    expect(await waiting()).toBe(0);
    expect(world.logged.at(-1)).toMatch(/^The mail server did not take a mail; it is dropped/);
  });

  it('is not queued where too many wait already, and what it tells of happens all the same [PAT-53]', async () => {
    server.isRefusing = true;
    await world.store.transaction((manager) =>
      manager.query(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO postern_mail (message_id, to_name, to_address, subject, body_text, body_html, created_at, tries, next_try_at)
         SELECT '<x@postern>', '', 'x@example.com', '', '', '', 0, 0, ? FROM n`,
        [LIMITS.mailQueueMax, world.clock.now() + DAY_MS],
      ),
    );
    expect((await create(world, ALICE, { name: 'x' })).status).toBe(201);
    expect([await waiting(), world.logged.at(-1)]).toEqual([LIMITS.mailQueueMax, expect.stringMatching(/^Too many mails are waiting/)]);
  });

  it('goes out only with what it tells of: where that fails, there is none [PAT-53]', async () => {
    await world.store.transaction((manager) => manager.query('DROP TABLE postern_token'));
    expect((await create(world, ALICE, { name: 'x' })).status).toBe(503);
    expect([await deliver(), await waiting()]).toEqual([[], 0]);
  });
});

it('a password for the mail server is not sent in the clear [PAT-53]', async () => {
  const plain = await start({ hasLogin: true });
  world = await world.restart({ mailUrl: plain.url.replace('//', '//postern:secret%40word@') });
  await make(world, ALICE);
  await deliver();
  expect([plain.logins, plain.received, await waiting()]).toEqual([[], [], 1]);
  expect(world.logged.join('\n')).not.toMatch(/secret/);
});
