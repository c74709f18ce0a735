// Data folders as a first start leaves them, one for each profile, made when a test file first asks and copied for each gate: to migrate and
// to hash passwords takes longer than most tests of a gate. What a first start does is tested in e2e/start and store/first-start.
import { scryptSync } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { loadSqliteDriver } from '../../src/store/sqlite-driver.js';
import { newFolder, startPosternProcess } from './postern-process.js';

/** The password of the administrator in the gateway profile: that of the emulator's is printed, and refused there. */
export const GATEWAY_PASSWORD = 'a-password-for-tests';

const SETTINGS = {
  emulator: {},
  gateway: {
    POSTERN_JIRA_UPSTREAM: 'http://127.0.0.1:9',
    POSTERN_UPSTREAM_IDENTITY: 'per-user',
    POSTERN_BOOTSTRAP_ADMIN: `admin:${GATEWAY_PASSWORD}`,
  },
} as const;

/** Starts Postern on an empty folder and ends it. Called in jest's own process, by the door of global-setup.mjs. */
export async function makeFirstFolder(profile: keyof typeof SETTINGS): Promise<string> {
  const postern = await startPosternProcess({ POSTERN_PROFILE: profile, ...SETTINGS[profile] });
  if ((await postern.stop()) !== 0) throw new Error(`The first start did not end well:\n${postern.output()}`);
  if (profile === 'gateway') cheapenPassword(postern.dataFolder, GATEWAY_PASSWORD);
  return postern.dataFolder;
}

/** The administrator's password as it is, at the least cost that is accepted: each check of it would take 0.2 s. */
export function cheapenPassword(folder: string, password: string): void {
  const salt = Buffer.alloc(16, 'salt');
  const key = scryptSync(password, salt, 32, { N: 2 ** 10, r: 1, p: 1 });
  const database = new (loadSqliteDriver())(path.join(folder, 'postern.sqlite'));
  database
    .prepare("UPDATE cwd_user SET credential = ? WHERE user_name = 'admin'")
    .run(`{scrypt}10$1$1$${salt.toString('base64')}$${key.toString('base64')}`);
  database.close();
}

/** Removes it, and the copies' original with it. */
export function removeFirstFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder of its own below the system's temporary folder, on which a server of this profile has been started once. */
export async function folderAfterFirstStart(profile: keyof typeof SETTINGS): Promise<string> {
  const answer = await fetch(`${process.env['POSTERN_TEST_DOOR']}/first-start/${profile}`);
  if (!answer.ok) throw new Error(await answer.text());
  const { folder: from } = (await answer.json()) as { folder: string };
  const folder = newFolder();
  cpSync(from, folder, { recursive: true });
  return folder;
}
