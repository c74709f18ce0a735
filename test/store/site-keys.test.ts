// The site's keys: made once, kept apart from the database, and never silently the wrong ones [GW-13].
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Logger, SiteKeys } from '../../src/core/index.js';
import { silentLogger } from '../../src/core/index.js';
import { StartError } from '../../src/core/start-error.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { createKeyFile, makeKey, readKeyFile } from '../../src/store/key-file.js';
import { openSiteKeys, rotateKeys } from '../../src/store/site-keys.js';
import { eachDatabase } from '../support/databases.js';
import type { TemporaryFolder } from '../support/temporary-folder.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

eachDatabase((database) => {
  const clock = testClock();
  let store: OpenStore;
  let folder: TemporaryFolder;
  let keyFile: string;
  // One source for a whole test, as in a process: keys and nonces differ.
  let random = testRandom();
  const open = (options: { logger?: Logger; store?: OpenStore } = {}): Promise<SiteKeys> =>
    openSiteKeys({ keyFile, store, clock, random, logger: silentLogger, ...options });

  beforeEach(async () => {
    store = await database.open();
    folder = await database.folder();
    keyFile = folder.file('keys/site-key.json');
    random = testRandom();
  });

  const refusal = async (attempt: Promise<unknown>): Promise<StartError> => {
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartError);
    return error as StartError;
  };

  describe('the file', () => {
    it('is made on the first start, for its owner alone, and holds one key of 256 bits', async () => {
      await open();
      expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
      expect((await stat(folder.file('keys'))).mode & 0o777).toBe(0o700);
      const content = JSON.parse(await readFile(keyFile, 'utf8'));
      expect(content).toEqual({
        version: 1,
        keys: [{ id: expect.stringMatching(/^key-[0-9a-f]{16}$/), secret: expect.any(String), createdAt: '2026-01-31T10:00:00.000Z' }],
      });
      expect(Buffer.from(content.keys[0].secret, 'base64url')).toHaveLength(32);
    });

    it('leaves no draft behind', async () => {
      await open();
      await rotateKeys(keyFile, clock, random);
      expect(await readdir(folder.file('keys'))).toEqual(['site-key.json']);
    });

    it('is made once, however many start at the same moment', async () => {
      const keys = await Promise.all([open(), open(), open()]);
      expect(new Set(keys.map((each) => each.digest('token', 'x').digest)).size).toBe(1);
      expect(await readdir(folder.file('keys'))).toEqual(['site-key.json']);
    });

    it('is never overwritten by one who was slower', async () => {
      const [mine, others] = [makeKey(clock, random), makeKey(clock, random)];
      expect(await createKeyFile(keyFile, [mine], random)).toBe(true);
      expect(await createKeyFile(keyFile, [others], random)).toBe(false);
      expect(await readKeyFile(keyFile)).toEqual([mine]);
    });

    it('stays as it is on the next start', async () => {
      const before = (await open()).digest('token', 'x');
      const content = await readFile(keyFile, 'utf8');
      expect((await open()).digest('token', 'x')).toEqual(before);
      expect(await readFile(keyFile, 'utf8')).toBe(content);
    });

    it('that others may read is used with a warning', async () => {
      const warnings: string[] = [];
      const logger: Logger = { ...silentLogger, warn: (_fields, text) => warnings.push(text) };
      await open({ logger });
      expect(warnings).toEqual([]);
      await chmod(keyFile, 0o640);
      await open({ logger });
      expect(warnings).toEqual([expect.stringContaining('chmod 600')]);
    });

    it.each<[string, (content: { version: number; keys: { id: string; secret: string }[] }) => unknown]>([
      ['is no JSON', () => '{"version":1,'],
      ['has no key', (content) => ({ ...content, keys: [] })],
      ['is of a later version', (content) => ({ ...content, version: 2 })],
      ['holds something unknown', (content) => ({ ...content, more: true })],
      ['holds a short key', (content) => ({ ...content, keys: content.keys.map((key) => ({ ...key, secret: key.secret.slice(0, -1) })) })],
      [
        'holds a key with a stray bit',
        (content) => ({ ...content, keys: content.keys.map((key) => ({ ...key, secret: `${key.secret.slice(0, -1)}B` })) }),
      ],
      ['holds two keys of one name', (content) => ({ ...content, keys: [...content.keys, ...content.keys] })],
    ])('that %s is refused at the start, without a word of its content', async (_what, damage) => {
      await open();
      const content = JSON.parse(await readFile(keyFile, 'utf8'));
      const damaged = damage(content);
      await writeFile(keyFile, typeof damaged === 'string' ? damaged : JSON.stringify(damaged));
      const error = await refusal(open());
      expect(error.message).toContain('damaged');
      expect(`${error.message} ${error.nextStep} ${String(error.cause)}`).not.toContain(content.keys[0].secret.slice(0, 20));
    });
  });

  describe('a start is refused', () => {
    it('when the file is missing and the database was used with its keys', async () => {
      await open();
      await rm(keyFile);
      const error = await refusal(open());
      expect(error.message).toContain('missing');
      expect(error.nextStep).toContain('Restore');
      expect(await readdir(folder.file('keys'))).toEqual([]);
    });

    it('when the file is another site’s', async () => {
      await open();
      await rm(keyFile);
      await openSiteKeys({ keyFile, store: await database.open(), clock, random, logger: silentLogger });
      expect((await refusal(open())).message).toContain('lacks the key');
    });

    it('when a retired key that was used is no longer in the file', async () => {
      await open();
      await rotateKeys(keyFile, clock, random);
      await open();
      const content = JSON.parse(await readFile(keyFile, 'utf8'));
      await writeFile(keyFile, JSON.stringify({ ...content, keys: content.keys.slice(0, 1) }));
      expect((await refusal(open())).message).toContain('lacks the key');
    });

    it('when a key of the same name is another key', async () => {
      await open();
      const content = JSON.parse(await readFile(keyFile, 'utf8'));
      const other = { ...content.keys[0], secret: Buffer.alloc(32, 7).toString('base64url') };
      await writeFile(keyFile, JSON.stringify({ ...content, keys: [other] }));
      expect((await refusal(open())).message).toContain('not the one');
    });

    it('for one of two that start at once with different files', async () => {
      const elsewhere = folder.file('elsewhere.json');
      const attempts = await Promise.allSettled([open(), openSiteKeys({ keyFile: elsewhere, store, clock, random, logger: silentLogger })]);
      expect(attempts.filter((attempt) => attempt.status === 'rejected')).toMatchObject([{ reason: { name: 'StartError' } }]);
    });

    it('when there is nothing to rotate', async () => {
      expect((await refusal(rotateKeys(keyFile, clock, random))).nextStep).toContain('Start Postern once');
    });
  });

  describe('after a rotation', () => {
    it('a stored digest is found and a cipher text read under the retired key, and new ones use the current one', async () => {
      const before = await open();
      const stored = before.digest('token', 'some-token');
      const cipherText = before.encrypt('token-value', 'some-token', 'row 1');
      const id = await rotateKeys(keyFile, clock, random);
      const after = await open();
      expect(after.digest('token', 'some-token')).toEqual({ keyId: id, digest: expect.not.stringContaining(stored.digest) });
      expect(after.digests('token', 'some-token')).toEqual([after.digest('token', 'some-token'), stored]);
      expect(after.decrypt('token-value', cipherText, 'row 1')).toBe('some-token');
      expect(after.encrypt('token-value', 'some-token', 'row 1')).toContain(id);
      expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    });

    it('the new key may be lost as long as no start has made it current with this database', async () => {
      await open();
      const content = await readFile(keyFile, 'utf8');
      await rotateKeys(keyFile, clock, random);
      await writeFile(keyFile, content);
      await open();
      await rotateKeys(keyFile, clock, random);
      await open();
      await writeFile(keyFile, content);
      expect((await refusal(open())).message).toContain('lacks the key');
    });
  });

  describe('digests', () => {
    it('differ by text, by purpose and by site, and are lower-case hex of 256 bits', async () => {
      const keys = await open();
      const others = await openSiteKeys({
        keyFile: folder.file('b.json'),
        store: await database.open(),
        clock,
        random,
        logger: silentLogger,
      });
      const made = [
        keys.digest('token', 'a'),
        keys.digest('token', 'b'),
        keys.digest('credential-digest', 'a'),
        keys.digest('audit', 'a'),
        others.digest('token', 'a'),
      ].map((each) => each.digest);
      expect(new Set(made).size).toBe(made.length);
      for (const digest of made) expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(keys.digest('token', 'a').digest).toBe(made[0]);
    });

    it('leave nothing in the database that is a key or gives one of its purposes away', async () => {
      const keys = await open();
      const [{ secret }] = JSON.parse(await readFile(keyFile, 'utf8')).keys;
      const rows = JSON.stringify(await store.read('SELECT * FROM postern_key'));
      expect(rows).not.toContain(secret);
      expect(rows).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
      for (const purpose of ['token', 'credential-digest', 'audit'] as const)
        expect(rows).not.toContain(keys.digest(purpose, 'check').digest);
    });
  });

  describe('encryption', () => {
    it('gives back any text, and hides it: two cipher texts of one text differ', async () => {
      const keys = await open();
      for (const text of ['', 'Basic cHJpdmF0ZQ==', 'Grüße 名', 'x'.repeat(10_000)]) {
        const [first, second] = [keys.encrypt('upstream-credential', text, 'c'), keys.encrypt('upstream-credential', text, 'c')];
        expect(first).not.toBe(second);
        expect(keys.decrypt('upstream-credential', first, 'c')).toBe(text);
        expect(keys.decrypt('upstream-credential', second, 'c')).toBe(text);
        if (text !== '') expect(first).not.toContain(text);
      }
    });

    it('refuses a text with any character changed, cut or added', async () => {
      const keys = await open();
      const cipherText = keys.encrypt('token-value', 'a token', 'row 1');
      const changed = [...cipherText].map(
        (letter, at) => cipherText.slice(0, at) + (letter === 'A' ? 'B' : 'A') + cipherText.slice(at + 1),
      );
      const cut = Array.from({ length: cipherText.length }, (_, length) => cipherText.slice(0, length));
      const added = [`${cipherText}A`, `${cipherText}.`, `${cipherText}=`, ` ${cipherText}`, `${cipherText}\n`];
      for (const text of [...changed, ...cut, ...added]) {
        expect(() => keys.decrypt('token-value', text, 'row 1')).toThrow(expect.objectContaining({ code: 'store.unavailable' }));
      }
      expect(keys.decrypt('token-value', cipherText, 'row 1')).toBe('a token');
    });

    it('refuses a text in another place or for another purpose', async () => {
      const keys = await open();
      const cipherText = keys.encrypt('token-value', 'a token', 'row 1');
      expect(() => keys.decrypt('token-value', cipherText, 'row 2')).toThrow('belongs to something else');
      expect(() => keys.decrypt('upstream-credential', cipherText, 'row 1')).toThrow('belongs to something else');
    });

    it('refuses a text whose key is gone, and names the key', async () => {
      const cipherText = (await open()).encrypt('token-value', 'a token', 'row 1');
      const others = await openSiteKeys({
        keyFile: folder.file('b.json'),
        store: await database.open(),
        clock,
        random,
        logger: silentLogger,
      });
      expect(() => others.decrypt('token-value', cipherText, 'row 1')).toThrow(/the key key-[0-9a-f]{16} is not in the key file/);
    });
  });
});
