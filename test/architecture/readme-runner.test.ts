// scripts/readme.mjs proves README.md. Here it is proved itself: on a page that does what it says, and on one where nothing does.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBlocks } from '../../scripts/readme-blocks.mjs';
import { ROOT } from './source-tree.js';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

describe('the runner of README.md', () => {
  let folder = '';
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    folder = mkdtempSync(join(tmpdir(), 'postern-page-'));
    cpSync(join(ROOT, 'test/fixtures/readme'), folder, { recursive: true });
    for (const page of ['good.md', 'bad.md']) {
      writeFileSync(join(folder, page), readFileSync(join(folder, page), 'utf8').replaceAll('12345', String(port)));
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(page: string): { code: number | null; lines: string[] } {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/readme.mjs'), page], { cwd: folder, encoding: 'utf8' });
    return { code: status, lines: stdout.trim().split('\n') };
  }

  it('passes what does what the page says, skips what says why, and leaves nothing behind', async () => {
    const { code, lines } = run('good.md');
    expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([]);
    expect(lines).toContain('not run  line 46: sleep infinity: it would never end');
    expect(lines.at(-1)).toBe('6 passed, 0 failed, 1 not run');
    expect(code).toBe(0);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    expect(await canBind(port)).toBe(true);
  });

  it('fails what does not, each for its own reason', () => {
    const { code, lines } = run('bad.md');
    const reasons = lines.flatMap((line) => /^FAILED .*: ([^:]+)$/.exec(line)?.[1] ?? []);
    expect(reasons).toEqual([
      'it does not print what the page says',
      'a command failed with 1',
      'it does not print what the page says',
      'it does not print what the page says',
      'it ended before it was ready',
      'it does not print what the page says',
      'it ended the shell',
      'the terminal is gone, so it and what follows was not run',
    ]);
    expect(lines.at(-1)).toBe('0 passed, 8 failed, 0 not run');
    expect(code).toBe(1);
  });

  it('fails a page without a command, for it would prove nothing', () => {
    writeFileSync(join(folder, 'empty.md'), '# Nothing\n');
    expect(run('empty.md')).toEqual({ code: 1, lines: ['0 passed, 0 failed, 0 not run'] });
  });

  it('parts `npm ci && npm start` into what ends and what does not: the first run of CI waited for a server to end', () => {
    const [block] = readBlocks('```sh\nnpm ci && npm start\n```\n');
    expect(block).toMatchObject({ commands: 'npm ci', server: 'npm start' });
  });

  it('refuses to begin where a data folder is left, and leaves it alone', () => {
    mkdirSync(join(folder, 'data'));
    expect(run('good.md').code).toBe(1);
    expect(existsSync(join(folder, 'data'))).toBe(true);
    rmSync(join(folder, 'data'), { recursive: true });
  });
});
