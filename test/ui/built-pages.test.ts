// The built pages as files: what a first load costs, what browsers may keep, and what they are told not to do. No browser is needed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';
import { ROOT } from '../architecture/source-tree.js';

const FOLDER = join(ROOT, 'dist/ui');
/** Bytes of script that a first load may cost, compressed (issue 6). */
const SCRIPT_BYTES_MAX = 150_000;

const assets = readdirSync(join(FOLDER, 'assets'));
const index = readFileSync(join(FOLDER, 'index.html'), 'utf8');
const read = (name: string): Buffer => readFileSync(join(FOLDER, 'assets', name));

let postern: PosternProcess;

beforeAll(async () => {
  postern = await startPosternProcess();
});

afterAll(() => postern.close());

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(postern.origin + path, { headers, redirect: 'manual' });
}

it('cost less than 150 kB of script, all of it together', () => {
  const scripts = assets.filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.reduce((bytes, name) => bytes + gzipSync(read(name)).length, 0)).toBeLessThan(SCRIPT_BYTES_MAX);
});

it('hold no font of Atlassian’s, no script or style within the page, and ask no other host', () => {
  expect(assets.filter((name) => !/\.(js|css|svg)(\.gz)?$/.test(name))).toEqual([]);
  const styles = assets.filter((name) => name.endsWith('.css')).map((name) => read(name).toString('utf8'));
  for (const style of styles) {
    expect(style).not.toMatch(/@font-face|@import/);
    expect(
      [...style.matchAll(/url\(["']?(?!data:|#)([^)"']*)/g)].map(([, url]) => url).filter((url) => /^(https?:)?\/\//.test(url ?? '')),
    ).toEqual([]);
  }
  expect(index).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\son\w+=/);
  expect([...index.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url).filter((url) => !url?.startsWith('/ui/'))).toEqual([]);
});

it('are served under a policy that lets in nothing but our own files', async () => {
  const page = await get('/ui/');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none';object-src 'none'",
  );
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
});

it('lie at /ui/, also by the address of a page in it; / and /ui lead there', async () => {
  expect(await (await get('/ui/tokens/create?user=x')).text()).toBe(index);
  for (const path of ['/', '/ui']) {
    const answer = await get(path, { Accept: 'text/html,*/*' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/ui/']);
  }
  expect((await get('/', { Accept: 'application/json' })).status).toBe(404);
  expect((await fetch(`${postern.origin}/ui/`, { method: 'POST' })).status).toBe(405);
});

it('are kept by browsers for good where the name bears a digest, compressed for those who can', async () => {
  const script = assets.find((name) => name.endsWith('.js')) ?? '';
  expect(script).toMatch(/-[\w-]{8}\.js$/);
  const answer = await get(`/ui/assets/${script}`, { 'Accept-Encoding': 'identity' });
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(read(script));
  const zipped = await get(`/ui/assets/${script}`, { 'Accept-Encoding': 'gzip' });
  expect([zipped.headers.get('content-encoding'), zipped.headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding']);
  expect(gzipSync(read(script)).length).toBe(Number(zipped.headers.get('content-length')));
  expect(gunzipSync(gzipSync(Buffer.from(await zipped.arrayBuffer())))).toEqual(read(script));
});

it.each(['/ui/assets/none.js', '/ui/assets/', '/ui/assets/..%2f..%2fpackage.json', '/ui/../package.json', '/uix'])(
  'hold nothing else: %s',
  async (path) => {
    const answer = await get(path);
    expect([400, 404]).toContain(answer.status);
  },
);
