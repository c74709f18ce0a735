// Two processes that start at the same moment on an empty database: each finds the same migrations due.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { eachDatabase } from '../support/databases.js';

const CHILD = path.join(import.meta.dirname, 'first-start.child.mjs');

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** What it has printed when it ends. */
async function output({ stdout, stderr }: Child): Promise<string> {
  let text = '';
  for (const stream of [stdout, stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  await Promise.all([once(stdout, 'end'), once(stderr, 'end')]);
  return text;
}

eachDatabase((database) => {
  it('lets one of them make the tables, and the other wait for it', async () => {
    const parameters = ['--no-warnings', CHILD, await database.emptyUrl(), (await database.folder()).path];
    const children = [1, 2].map(() => spawn(process.execPath, parameters, { stdio: 'pipe' }));
    const outputs = children.map(output);
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    for (const { stdin } of children) stdin.write('go\n');
    expect(await Promise.all(outputs)).toEqual(children.map(() => `ready\n${storeMigrations.length}\n`));
  });
});
