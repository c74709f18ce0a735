// A value is shown once and kept nowhere in clear [GW-13].
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { PluginWorld } from '../support/plugin-host.js';
import type { Guarantee } from './subject.js';

/** Every form in which a value would be as good as in clear: itself, spelled otherwise, or under a hash without a key. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const digest = createHash('sha256').update(value);
  const hash = digest.digest();
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
    hash.toString('hex'),
    hash.toString('base64').replace(/=+$/, ''),
  ];
}

async function everyRow(world: PluginWorld): Promise<string> {
  const names = world.store.dataSource.entityMetadatas.map(({ tableName }) => tableName);
  const rows = await Promise.all(names.map((name) => world.store.read(`SELECT * FROM ${world.store.quote(name)}`)));
  return JSON.stringify(rows);
}

/** The database file and its log, pages that are free again included; a server's are its own. */
async function databaseFiles(world: PluginWorld): Promise<string> {
  if (world.store.engine !== 'sqlite') return '';
  const databases = await world.store.read<{ file: string }>('PRAGMA database_list');
  const files = databases.flatMap(({ file }) => [file, `${file}-wal`]).filter((file) => existsSync(file));
  return files.map((file) => readFileSync(file).toString('latin1')).join('\n');
}

function found(value: string, places: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    formsOf(value).flatMap((form, index) => (text.includes(form) ? [`${place}, form ${index}`] : [])),
  );
}

export const secrets: readonly Guarantee[] = [
  {
    test: 'shows the value in the answer that made it, and forbids to store that answer',
    async holds(subject) {
      const { value, answer } = await subject.make();
      expect(value.length).toBeGreaterThanOrEqual(20);
      expect(answer.text.split(JSON.stringify(value))).toHaveLength(2);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  },
  {
    test: 'never shows the value again: no list holds it',
    async holds(subject) {
      const { value } = await subject.make({ label: 'in the lists' });
      for (const list of await subject.kind.lists(subject.world)) {
        const answer = await subject.world.send(list);
        expect([answer.status, answer.text.includes('in the lists')]).toEqual([200, true]);
        expect(found(value, { [list.path]: answer.text })).toEqual([]);
      }
      expect(found(value, { administration: JSON.stringify(await subject.list()) })).toEqual([]);
    },
  },
  {
    test: 'keeps the value nowhere in clear: no row, no page of the database, no act, no line of the log',
    async holds(subject) {
      const { world } = subject;
      const { value, tokenRef, login } = await subject.make();
      const identity = await subject.identify(login);
      world.use({ tokenRef, permitted: 1 });
      await world.settleUses();
      const rows = await everyRow(world);
      expect(rows).toContain(JSON.stringify(tokenRef).slice(1, -1));
      const kept = { rows, acts: JSON.stringify(world.acts), log: world.logged.join('\n'), identity: inspect(identity, { depth: 9 }) };
      expect(found(value, { ...kept, files: await databaseFiles(world) })).toEqual([]);
      await world.active.tokens.revoke(tokenRef, null, null);
      expect(found(value, { acts: JSON.stringify(world.acts), log: world.logged.join('\n'), files: await databaseFiles(world) })).toEqual(
        [],
      );
    },
  },
  {
    test: 'gives no value twice',
    async holds(subject) {
      const values = [];
      for (let made = 0; made < 5; made += 1) values.push((await subject.make()).value);
      expect(new Set(values).size).toBe(5);
    },
  },
];
