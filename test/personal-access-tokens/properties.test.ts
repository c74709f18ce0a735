// The vendor's fifteen properties: every way of giving one, and what each changes [PAT-40 … PAT-42].
import { readFileSync, writeFileSync } from 'node:fs';
import { type Environment, loadSettings } from '../../src/config/load.js';
import { DAY_MS, LIMITS } from '../../src/core/index.js';
import { scheduleJobs } from '../../src/host/scheduler.js';
import type { SettingSpec } from '../../src/plugin-kit/setting.js';
import { openHashes } from '../../src/plugins/personal-access-tokens/hashes.js';
import { PROPERTIES } from '../../src/plugins/personal-access-tokens/properties.js';
import { mintSecret } from '../../src/plugins/personal-access-tokens/token-format.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testRandom } from '../support/test-random.js';
import { startMailServer } from './mail-server.js';
import { ALICE, create, faultOf, list, make, outcomeOf, runJob, startPats, storedRow, tokenRefOf } from './pat-world.js';

const ALL = Object.values(PROPERTIES);
const DELETED_USERS = 'atlassian.pats.deleted.user.pruning.schedule.cron';

/** Name and default of every property as the vendor's page prints them. */
const PRINTED = new Map(
  [
    ...readFileSync(new URL('../../docs/specification/seeds/002_9d8847fc2243584b.txt', import.meta.url), 'utf8').matchAll(
      /^(?:\| )?-D(\S+) \| (?:'([^']+)'[^|]*|(\S+)) \|/gm,
    ),
  ].map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? ''] as const),
);

const load = (environment: Environment = {}, flags: readonly string[] = []) => loadSettings(ALL, environment, flags);

describe('the names and defaults', () => {
  it('are the fourteen of the vendor’s page and the fifteenth [PAT-40]', () => {
    expect(PRINTED.size).toBe(14);
    const printed = Object.fromEntries([...PRINTED, [DELETED_USERS, '0 0 0 * * ?'] as const]);
    for (const profile of ['emulator', 'gateway'] as const) {
      expect(Object.fromEntries(ALL.map((spec) => [spec.name, String(spec.fallback[profile])]))).toEqual(printed);
    }
  });
});

describe('a property', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  const fromFile = (text: string) => {
    writeFileSync(folder.file('postern.yml'), text);
    return load({ POSTERN_CONFIG: folder.file('postern.yml') });
  };

  it.each(ALL.map((spec) => [spec.name, spec] as const))('%s is read from a file, a flag and the environment [PAT-40]', (name, spec) => {
    // Another value than the default, of its kind.
    const value = typeof spec.fallback.emulator === 'boolean' ? 'false' : typeof spec.fallback.emulator === 'number' ? '7' : '0 30 1 * * ?';
    const nested = name.split('.').reduceRight((inner, word) => `{${word}: ${inner}}`, JSON.stringify(value));
    const settings = [
      fromFile(`${name}: ${JSON.stringify(value)}\n`),
      fromFile(`${nested}\n`),
      fromFile(`atlassian.pats:\n  ${name.slice('atlassian.pats.'.length)}: ${JSON.stringify(value)}\n`),
      load({}, [`-D${name}=${value}`]),
      load({}, [`--${name}=${value}`]),
      load({ [name]: value }),
      load({ [name.toUpperCase().replaceAll('.', '_')]: value }),
      load({ [`POSTERN_${name.toUpperCase().replaceAll('.', '_')}`]: value }),
    ];
    for (const each of settings) expect([String(each.get(spec as typeof PROPERTIES.enabled)), each.warnings]).toEqual([value, []]);
  });

  it('as a file holds them, several at once and some of them nested [PAT-40]', () => {
    const settings = fromFile(
      'atlassian:\n  pats:\n    enabled: false\n    max.tokens:\n      per.user: 3\n      expiry.days: 30\n    token.name.length: 80\natlassian.pats.pruning.delay.days: 1\n',
    );
    expect([
      settings.get(PROPERTIES.enabled),
      settings.get(PROPERTIES.maxTokens),
      settings.get(PROPERTIES.maxExpiryDays),
      settings.get(PROPERTIES.nameLength),
      settings.get(PROPERTIES.pruningDelay),
    ]).toEqual([false, 3, 30, 80, 1]);
  });

  it.each(['ten', '1e3', '10.5', '-1', '99999999999', 'true'])(
    'that is an integer and malformed, %j, is warned of, and the default holds [PAT-40]',
    (text) => {
      const settings = load({ ATLASSIAN_PATS_MAX_TOKENS_PER_USER: text });
      expect(settings.get(PROPERTIES.maxTokens)).toBe(10);
      expect(settings.warnings).toEqual([
        expect.stringMatching(/^ATLASSIAN_PATS_MAX_TOKENS_PER_USER: .* must be a whole number from 0 to/),
      ]);
    },
  );

  it.each(['TRUE', 'yes', '1', 'on', 'truee'])('that is a boolean is false for %j, without a warning [PAT-40]', (text) => {
    const settings = load({}, [`-Datlassian.pats.enabled=${text}`]);
    expect([settings.get(PROPERTIES.enabled), settings.warnings]).toEqual([false, []]);
  });

  it('that is misspelt is an error, which names the right one [PAT-40]', () => {
    expect(() => load({}, ['-Datlassian.pats.max.token.per.user=3'])).toThrow(/did you mean atlassian\.pats\.max\.tokens\.per\.user/);
  });
});

describe('what each changes', () => {
  let world: PluginWorld;
  afterEach(() => world.close());

  const start = async (name: string, value: boolean | number | string): Promise<void> => {
    world = await startPats({ settings: { [name]: value } });
  };
  const statusOf = async (json: object) => (await create(world, ALICE, json)).status;
  const scheduleOf = (name: string) => world.active.jobs.find((job) => job.name.endsWith(name))?.schedule;

  it('enabled: tokens can be made and used [PAT-40, PAT-15]', async () => {
    await start('atlassian.pats.enabled', true);
    const { rawToken } = await make(world, ALICE);
    world = await world.restart({ settings: { 'atlassian.pats.enabled': false } });
    expect([await statusOf({ name: 'x' }), await outcomeOf(world, rawToken)]).toEqual([400, 'unknown']);
  });

  it('eternal.tokens.enabled: tokens that do not expire can be made [PAT-40, PAT-22]', async () => {
    await start('atlassian.pats.eternal.tokens.enabled', false);
    expect([await statusOf({ name: 'x' }), await statusOf({ name: 'x', expirationDuration: 1 })]).toEqual([400, 201]);
  });

  it('max.tokens.expiry.days: the bound for new tokens; older ones keep theirs, and eternal ones have none [PAT-40, PAT-42, PAT-22]', async () => {
    await start('atlassian.pats.max.tokens.expiry.days', 100);
    const { expiringAt } = await make(world, ALICE, { name: 'x', expirationDuration: 100 });
    world = await world.restart({ settings: { 'atlassian.pats.max.tokens.expiry.days': 7 } });
    expect((await list(world, ALICE))[0]?.expiringAt).toBe(expiringAt);
    expect([
      await statusOf({ name: 'x', expirationDuration: 8 }),
      await statusOf({ name: 'x', expirationDuration: 7 }),
      await statusOf({ name: 'x' }),
    ]).toEqual([400, 201, 201]);
  });

  it('max.tokens.per.user: how many there may be, and in the text [PAT-40, PAT-22]', async () => {
    await start('atlassian.pats.max.tokens.per.user', 2);
    expect([await statusOf({ name: 'x' }), await statusOf({ name: 'x' })]).toEqual([201, 201]);
    expect(faultOf(await create(world, ALICE, { name: 'x' })).error).toBe("You can't create more than 2 tokens.");
  });

  it('token.name.length: how long a name may be [PAT-40, PAT-22]', async () => {
    await start('atlassian.pats.token.name.length', 5);
    expect([await statusOf({ name: '123456' }), await statusOf({ name: '12345' })]).toEqual([400, 201]);
  });

  it('pruning.delay.days: how long an expired token is kept [PAT-40, PAT-50]', async () => {
    await start('atlassian.pats.pruning.delay.days', 2);
    await make(world, ALICE, { name: 'x', expirationDuration: 1 });
    await world.clock.advance(3 * DAY_MS);
    await runJob(world, 'prune');
    expect(await list(world, ALICE)).toHaveLength(1);
    await world.clock.advance(1);
    await runJob(world, 'prune');
    expect(await list(world, ALICE)).toHaveLength(0);
  });

  it('expiry.warning.days: from when a token is said to expire soon [PAT-40, PAT-51]', async () => {
    await start('atlassian.pats.expiry.warning.days', 1);
    const { id } = await make(world, ALICE, { name: 'x', expirationDuration: 3 });
    await world.clock.advance(2 * DAY_MS - 1);
    await runJob(world, 'expiry check');
    expect((await storedRow(world, id))['NOTIFICATION_STATE']).toBe('NOT_SENT');
    await world.clock.advance(1);
    await runJob(world, 'expiry check');
    expect((await storedRow(world, id))['NOTIFICATION_STATE']).toBe('EXPIRE_SOON_SENT');
  });

  it('last.used.update.interval.mins: how far the table may be behind [PAT-40, PAT-52]', async () => {
    await start('atlassian.pats.last.used.update.interval.mins', 3);
    const token = await make(world, ALICE);
    const jobs = scheduleJobs(world.active.jobs, world.clock, world.host.logger, 'UTC');
    world.use({ tokenRef: tokenRefOf(token), permitted: 1 });
    await world.clock.advance(180_000 - 1);
    expect((await storedRow(world, token.id))['LAST_ACCESSED_AT']).toBeNull();
    await world.clock.advance(1);
    expect((await storedRow(world, token.id))['LAST_ACCESSED_AT']).toBe('2026-01-31 10:00:00.000');
    jobs.close();
  });

  it.each([
    ['pruning.schedule.cron', 'prune'],
    ['expiry.check.schedule.cron', 'expiry check'],
    ['deleted.user.pruning.schedule.cron', 'deleted users'],
  ])(
    '%s: when that job runs; seven fields and Quartz’s own signs are read, what is none is named in the log [PAT-40, PAT-41]',
    async (name, job) => {
      await start(`atlassian.pats.${name}`, '0 15 10 ? * 6L 2026');
      expect(scheduleOf(job)).toEqual({ cron: '0 15 10 ? * 6L 2026' });
      // The last Friday of a month: from Saturday the 31st of January, that is the 27th of February.
      const runs: number[] = [];
      const scheduled = scheduleJobs(
        [{ name: job, schedule: scheduleOf(job) ?? { everyMs: 1 }, run: async () => void runs.push(world.clock.now()) }],
        world.clock,
        world.host.logger,
        'UTC',
      );
      await world.clock.advance(30 * DAY_MS);
      expect(runs).toEqual([Date.UTC(2026, 1, 27, 10, 15)]);
      scheduled.close();
      world = await world.restart({ settings: { [`atlassian.pats.${name}`]: 'whenever' } });
      scheduleJobs(world.active.jobs, world.clock, world.host.logger, 'UTC').close();
      expect(world.logged.filter((line) => line.includes('cannot be read'))).toEqual([expect.stringContaining('"cron":"whenever"')]);
    },
  );

  it('auth.cache.expiry.mins and auth.cache.max.items: how long and of how many tokens the slow hash is remembered [PAT-40, PAT-3]', async () => {
    world = await startPats();
    const open = (minutes: number, items: number) =>
      openHashes({
        clock: world.clock,
        random: testRandom(),
        setting: <T>({ name, fallback }: SettingSpec<T>) =>
          (name.endsWith('expiry.mins') ? minutes : name.endsWith('max.items') ? items : fallback.emulator) as T,
      });
    const [first, second] = ['111111111111', '222222222222'].map((tokenId) => ({ tokenId, secretText: mintSecret(testRandom(tokenId)) }));
    if (first === undefined || second === undefined) throw new Error('there are two');
    const hashes = open(2, 1);
    const stored = await hashes.hash(first);
    await world.clock.advance(119_999);
    expect(hashes.knows(first, stored)).toBe(true);
    expect([
      hashes.knows(second, stored),
      hashes.knows({ ...first, secretText: second.secretText }, stored),
      hashes.knows(first, 'x'),
    ]).toEqual([false, false, false]);
    await world.clock.advance(1);
    expect(hashes.knows(first, stored)).toBe(false);
    expect([await hashes.verify(first, stored), hashes.knows(first, stored)]).toEqual([true, true]);
    await hashes.hash(second);
    expect(hashes.knows(first, stored)).toBe(false);
    const both = open(2, 2);
    const again = await both.hash(first);
    await both.hash(second);
    expect(both.knows(first, again)).toBe(true);
    const none = open(2, 0);
    expect(none.knows(first, await none.hash(first))).toBe(false);
  });

  it('mail.notifications.enabled: whether there are mails [PAT-40, PAT-53]', async () => {
    const server = await startMailServer();
    world = await startPats({ mailUrl: server.url });
    await make(world, ALICE);
    await world.clock.advance(LIMITS.mailDeliveryMs);
    expect(server.received).toHaveLength(1);
    world = await world.restart({ settings: { 'atlassian.pats.mail.notifications.enabled': false } });
    await make(world, ALICE);
    await world.clock.advance(LIMITS.mailDeliveryMs);
    const { length } = server.received;
    await server.close();
    expect(length).toBe(1);
  });

  it.each([true, false])('invalidate.session.enabled: %s keeps sessions from passing, or not [PAT-40, PAT-14]', async (isEnabled) => {
    await start('atlassian.pats.invalidate.session.enabled', isEnabled);
    const identity = await world.identify({ bearer: (await make(world, ALICE)).rawToken });
    expect(identity).toMatchObject({ kind: 'authenticated', grant: { keepsSession: !isEnabled } });
  });
});
