// Uploads and downloads of gigabytes through the built server, with its memory watched from outside.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { basic } from '../support/raw-client.js';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';
import { type RecordingUpstream, startUpstream } from '../support/upstream.js';

// Several times what the server may grow by; `.ci/run` passes gigabytes, past what 32 bits count.
const SIZE = Number(process.env['TEST_BODY_BYTES'] ?? 2 ** 29);
/** Bytes that the server may grow by, whatever passes through it: buffers in the kernel’s and node’s own sizes, and a lazy collector. */
const GROWTH_MAX = 160 * 2 ** 20;

const CHUNK = Buffer.alloc(2 ** 16, 'x');

function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

describe('bodies larger than any buffer', () => {
  let postern: PosternProcess;
  let upstream: RecordingUpstream;
  let authorization: string;
  let peak = 0;
  let watch: NodeJS.Timeout;

  beforeAll(async () => {
    upstream = await startUpstream();
    postern = await startPosternProcess({ POSTERN_JIRA_UPSTREAM: upstream.origin, POSTERN_PROFILE: 'emulator' });
    const made = await fetch(`${postern.origin}/jira/rest/extender/1.0/tokenTools/set`, {
      method: 'POST',
      headers: { Authorization: basic('admin', 'admin'), 'Content-Type': 'application/json' },
      body: JSON.stringify({ label: 'large', userName: 'admin' }),
    });
    authorization = basic('admin', ((await made.json()) as { token: string }).token);
    watch = setInterval(() => (peak = Math.max(peak, residentBytes(postern.child.pid ?? 0))), 50);
  });
  afterAll(async () => {
    clearInterval(watch);
    await postern.close();
    await upstream.close();
  });

  it('passes an upload whole, in flat memory [GW-40]', async () => {
    const before = residentBytes(postern.child.pid ?? 0);
    peak = before;
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { authorization, 'content-type': 'application/octet-stream', 'content-length': SIZE };
      const request = http.request(
        { port: postern.port, host: '127.0.0.1', method: 'POST', path: '/jira/rest/api/2/upload', headers },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer.statusCode ?? 0));
        },
      );
      request.once('error', reject);
      let left = SIZE;
      const more = (): void => {
        while (left > 0) {
          left -= CHUNK.length;
          if (!request.write(CHUNK)) return void request.once('drain', more);
        }
        request.end();
      };
      more();
    });
    await upstream.answerWith(null);
    expect([status, upstream.requests.at(-1)?.bytes]).toEqual([200, SIZE]);
    expect(peak - before).toBeLessThan(GROWTH_MAX);
  }, 240_000);

  it('passes a download whole, in flat memory [GW-40]', async () => {
    const before = residentBytes(postern.child.pid ?? 0);
    peak = before;
    const received = await new Promise<number>((resolve, reject) => {
      const request = http.get(
        { port: postern.port, host: '127.0.0.1', path: `/jira/rest/download/${SIZE}`, headers: { authorization } },
        (answer) => {
          let bytes = 0;
          answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
          answer.once('end', () => resolve(bytes));
        },
      );
      request.once('error', reject);
    });
    expect(received).toBe(SIZE);
    expect(peak - before).toBeLessThan(GROWTH_MAX);
  }, 240_000);
});
