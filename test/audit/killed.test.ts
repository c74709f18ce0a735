// Real processes on real files: killed under load, and with a disk that takes no more.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { UsageLedger } from '../../src/authn/usage.js';
import { silentLogger } from '../../src/core/index.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testClock } from '../support/test-clock.js';
import { spoolEntries, spoolText, startTrail, type TrailWorld } from './samples.js';

const WRITER = fileURLToPath(new URL('fixtures/writer.ts', import.meta.url));

/** The writer as one file, made once: to start it through a loader of TypeScript takes longer than what it is started for. */
let writer: TemporaryFolder;

beforeAll(async () => {
  writer = await temporaryFolder();
  // CommonJS packages ask for Node's own modules by `require`, which an ES module has not.
  const js = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";
  const outfile = writer.file('writer.mjs');
  await build({ entryPoints: [WRITER], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', banner: { js } });
});
afterAll(() => writer.remove());

let folder: TemporaryFolder;
const children: ChildProcessByStdio<Writable, Readable, null>[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await folder.remove();
});

interface Writer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: Interface;
}

function startWriter(mode: 'load' | 'told', durability = 'process'): Writer {
  const child = spawn(process.execPath, [writer.file('writer.mjs'), folder.file('spool'), durability, mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout }) };
}

/** What the counters come to when the whole trail is counted. */
async function countedFrom(world: TrailWorld): Promise<{ authenticated: number; permitted: number }> {
  const sum = { authenticated: 0, permitted: 0 };
  const ledger = new UsageLedger({
    clock: testClock(),
    logger: silentLogger,
    apply: async ({ uses }) => {
      for (const use of [...uses.values()].flat()) {
        sum.authenticated += use.authenticated;
        sum.permitted += use.permitted;
      }
    },
  });
  await ledger.replay(null, world.trail);
  return sum;
}

describe('a process that is killed with SIGKILL under load', () => {
  it.each([
    ['process', 40, 'in its first segment'],
    ['process', 700, 'in the midst of many'],
    ['process', 2_500, 'after thousands'],
    ['power', 300, 'while it waits for the device'],
  ])('has every record that was acknowledged in the trail, once (%s, after %i) [AUD-3, GW-30, GW-51]', async (durability, killAfter) => {
    const { child, lines } = startWriter('load', durability);
    const acknowledged: string[] = [];
    for await (const line of lines) {
      if (line === 'ready') continue;
      acknowledged.push(line);
      if (acknowledged.length === killAfter) child.kill('SIGKILL');
    }
    expect(child.signalCode ?? (await once(child, 'exit'))[1]).toBe('SIGKILL');
    expect(acknowledged.length).toBeGreaterThanOrEqual(killAfter);

    const world = await startTrail(folder.file('spool'));
    await world.trail.drain();
    const entries = await spoolEntries(folder.file('spool'));
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    const opened = entries.filter(({ e }) => e === 'open').map(({ decision, id }) => `${decision} ${id}`);
    expect(new Set(opened).size).toBe(opened.length);
    const known = new Set(opened);
    expect(acknowledged.filter((line) => !known.has(line))).toEqual([]);
    const closes = entries.filter(({ e }) => e === 'close').map(({ id }) => id);
    expect(closes).toHaveLength(opened.length);
    expect(new Set(closes)).toEqual(new Set(opened.map((line) => line.split(' ')[1])));

    const records = await world.records();
    expect(records).toHaveLength(opened.length);
    expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(['forwarded', 'unknown']));
    expect(await countedFrom(world)).toEqual({
      authenticated: records.length,
      permitted: records.filter(({ decision }) => decision === 'permit').length,
    });
    await world.trail.close();
  });

  it('leaves no lock behind; one that lives keeps it, also when it is stopped [AUD-3]', async () => {
    const { child, lines } = startWriter('told');
    await once(lines, 'line');
    child.kill('SIGSTOP');
    await expect(startTrail(folder.file('spool'))).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('in use'),
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await startTrail(folder.file('spool'))).trail.close();
  });
});

// The limit on a file's size is the full disk that needs no rights: the system writes a part, then says EFBIG. util-linux's prlimit sets it from outside.
const canLimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

(canLimit ? describe : describe.skip)('a disk that takes no more', () => {
  it('refuses what it cannot record, and goes on by itself when it can again [AUD-2, AUD-3]', async () => {
    const { child, lines } = startWriter('told');
    const answers = lines[Symbol.asyncIterator]();
    const answer = async (): Promise<string> => ((await answers.next()).value as string).split(' ').slice(0, 2).join(' ');
    const ask = (): Promise<string> => {
      child.stdin.write('\n');
      return answer();
    };
    const limit = (bytes: string) => expect(spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`]).status).toBe(0);
    expect(await answer()).toBe('ready');

    limit('5000');
    const first: string[] = [];
    while (first.length < 30) first.push(await ask());
    const taken = first.filter((line) => line !== 'refused audit.unavailable');
    expect(taken.length).toBeGreaterThan(3);
    expect(first.slice(taken.length)).toEqual(Array.from({ length: 30 - taken.length }, () => 'refused audit.unavailable'));
    const text = await spoolText(folder.file('spool'));
    expect(text.endsWith('\n')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(5_000);

    limit('unlimited');
    const later = [await ask(), await ask()];
    child.stdin.end();
    await once(child, 'exit');
    expect(later.filter((line) => line.startsWith('refused'))).toEqual([]);
    const entries = await spoolEntries(folder.file('spool'));
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.filter(({ e }) => e === 'open').map(({ decision, id }) => `${decision} ${id}`)).toEqual([...taken, ...later]);
  });
});
