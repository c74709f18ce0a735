// Postern before databases of few and many tokens. A database is filled once in a run; the servers before it come and go.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostern, startServer } from './contenders.mjs';
import { end } from './processes.mjs';

/** Long enough for as many spellings as the uncached path needs. */
const USER = 'measured.person';
const SEED = fileURLToPath(new URL('./seed-tokens.mjs', import.meta.url));
const folders = new Map();
const servers = new Map();

/** A party of a case: `logins` names the file of credentials that are used in turn (see seed-tokens.mjs). */
export function withTokens(tokens, logins) {
  return async (origin, _place, run) => {
    const folder = await seededFolder(tokens, origin, run);
    const running = servers.get(folder);
    // Parties of one case share the server.
    const server = running === undefined || running.child.exitCode !== null ? await startServer(origin, folder, { user: USER }) : running;
    servers.set(folder, server);
    return { ...server, folder, logins: join(folder, `${logins}.txt`) };
  };
}

async function seededFolder(tokens, origin, run) {
  const known = folders.get(tokens);
  if (known !== undefined) return known;
  const folder = join(run.folder, `tokens-${tokens}`);
  mkdirSync(folder);
  const { child } = await startPostern(origin, folder, { user: USER });
  await end(child);
  const seeding = spawn(process.execPath, [SEED, folder, String(tokens), USER], { stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = () => seeding.kill();
  process.once('SIGINT', stop);
  const [code] = await once(seeding, 'exit');
  process.off('SIGINT', stop);
  if (code !== 0) throw new Error(`the database of ${tokens} tokens was not filled`);
  folders.set(tokens, folder);
  return folder;
}
