// A product behind TLS is verified, whatever the environment says, and what cannot be verified is asked nothing.
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openUpstream, type Upstream } from '../../src/gateway/upstream.js';
import { upstreamErrorCode } from '../../src/gateway/upstream-error.js';
import { newAuthority } from '../support/certificates.js';
import { type Gate, openGate, request } from '../support/gate.js';
import { runPosternToEnd } from '../support/postern-process.js';
import { sendRaw } from '../support/raw-client.js';

const DAY = 86_400_000;
const authority = newAuthority();
const stranger = newAuthority('A stranger');
const [yesterday, tomorrow] = [new Date(Date.now() - DAY), new Date(Date.now() + DAY)];
const folder = mkdtempSync(path.join(os.tmpdir(), 'postern-test-'));
const caFile = path.join(folder, 'ca.pem');
const asked: (string | undefined)[] = [];

/** The product: each request on a connection of its own, so that each is verified. */
const product = createServer(authority.issue({}), (incoming, outgoing) => {
  asked.push(incoming.url);
  outgoing.writeHead(200, { Connection: 'close' }).end('the product');
});
/** The same address without TLS. */
const plain = net.createServer((socket) => void socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
let gate: Gate;
let login: string;

const originOf = (server: net.Server): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  writeFileSync(caFile, authority.pem);
  for (const server of [product, plain]) await once(server.listen(0, '127.0.0.1'), 'listening');
  gate = await openGate('emulator', {
    upstreamOrigin: originOf(product),
    settings: {
      POSTERN_UPSTREAM_CA: caFile,
      POSTERN_CONFLUENCE_UPSTREAM: originOf(plain),
      // What others are switched off with.
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0',
    },
  });
  login = `Authorization: ${gate.as((await gate.token({})).token)}`;
});

afterAll(async () => {
  await gate.close();
  for (const server of [product, plain]) server.close();
});

let count = 0;

/** What the client gets, whether the product was asked, and what was recorded. */
async function forwarded(base = '/jira/rest/api/2/issue', credential = login) {
  const target = `${base}/${(count += 1)}`;
  const { status } = await sendRaw(gate.postern.port, request('GET', target, [credential]));
  const [record] = (await gate.records()).filter((one) => one.path === target);
  return { status, isAsked: asked.includes(target), outcome: record?.outcome, code: record?.code };
}

const UNTRUSTED = { status: 502, isAsked: false, outcome: 'failed', code: 'upstream.untrusted' };
const FORWARDED = { status: 200, isAsked: true, outcome: 'forwarded', code: null };

it('a certificate that the site’s own authority signed, for this name and this time, is believed [GW-43]', async () => {
  product.setSecureContext(authority.issue({}));
  expect(await forwarded()).toEqual(FORWARDED);
});

it.each([
  ['of another authority', stranger.issue({})],
  ['for another name', authority.issue({ names: ['jira.example.com', '127.0.0.2'] })],
  ['for no name but a common one', authority.issue({ commonName: '127.0.0.1', names: ['jira.example.com'] })],
  ['that has expired', authority.issue({ from: new Date(0), to: yesterday })],
  ['that is not yet valid', authority.issue({ from: tomorrow, to: new Date(Date.now() + 2 * DAY) })],
  ['that signed itself', { cert: stranger.pem, key: stranger.key }],
])(
  'a certificate %s is 502, recorded so, and nothing is asked of the product; also with verification switched off around us [GW-43]',
  async (_what, pair) => {
    product.setSecureContext(pair);
    expect(await forwarded()).toEqual(UNTRUSTED);
    product.setSecureContext(authority.issue({}));
    expect(await forwarded()).toEqual(FORWARDED);
  },
);

it('the log says once in a while why, and which upstream [GW-43]', () => {
  const lines = gate.postern
    .output()
    .split('\n')
    .filter((line) => line.includes('not to be trusted'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    upstream: originOf(product),
    reason: expect.stringContaining('certificate') as string,
  });
});

it('a product that speaks no TLS, or one that is not safe any more, cannot be reached: 502 [GW-43]', async () => {
  const unreachable = { status: 502, isAsked: false, outcome: 'failed', code: 'upstream.unreachable' };
  expect(await forwarded('/confluence/rest/api/content', `Authorization: ${gate.password}`)).toEqual(unreachable);
  product.setSecureContext({ ...authority.issue({}), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  expect(await forwarded()).toEqual(unreachable);
});

it('other authorities are trusted without a restart, and a broken file changes nothing [GW-43]', async () => {
  const reload = async (words: string): Promise<void> => {
    const before = gate.postern.output().length;
    gate.postern.child.kill('SIGHUP');
    while (!gate.postern.output().slice(before).includes(words)) await once(gate.postern.child.stderr!, 'data');
  };
  product.setSecureContext(stranger.issue({}));
  writeFileSync(caFile, authority.pem + stranger.pem.slice(0, 200));
  await reload('cannot be read again');
  expect(await forwarded()).toEqual(UNTRUSTED);
  writeFileSync(caFile, authority.pem + stranger.pem);
  await reload('was read again');
  expect(await forwarded()).toEqual(FORWARDED);
  writeFileSync(caFile, stranger.pem);
  await reload('was read again');
  expect(await forwarded()).toEqual(FORWARDED);
  product.setSecureContext(authority.issue({}));
  expect(await forwarded()).toEqual(UNTRUSTED);
});

it.each([
  ['missing', path.join(folder, 'nowhere.pem'), 'cannot be read (ENOENT)'],
  ['empty', path.join(folder, 'empty.pem'), 'holds no certificate in PEM'],
])('a file of authorities that is %s: no start, and it says why [GW-43]', async (what, file, words) => {
  if (what === 'empty') writeFileSync(file, '');
  const settings = { POSTERN_PROFILE: 'emulator', POSTERN_JIRA_UPSTREAM: originOf(product), POSTERN_UPSTREAM_CA: file };
  const { code, output } = await runPosternToEnd(settings);
  expect(code).toBe(1);
  expect(output).toContain(`${file} ${words}`);
  expect(output).toContain('POSTERN_UPSTREAM_CA');
});

it.each([
  ['INVALID_CA', 'upstream.untrusted'],
  ['CERT_REVOKED', 'upstream.untrusted'],
  ['UNSPECIFIED', 'upstream.untrusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'upstream.unreachable'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'upstream.unreachable'],
  ['EPROTO', 'upstream.unreachable'],
])('%s is %s [GW-43]', (code, expected) => {
  expect(upstreamErrorCode(Object.assign(new Error('x'), { code }))).toBe(expected);
});

describe('the connections to an upstream', () => {
  const timeouts = { connectMs: 5_000, headersMs: 5_000, bodyMs: 5_000 };
  const reasons: string[] = [];
  const opened: Upstream[] = [];
  const open = (ca: string | null): Upstream => {
    const upstream = openUpstream(new URL(originOf(product)), timeouts, { ca, onUntrusted: (reason) => void reasons.push(reason) });
    opened.push(upstream);
    return upstream;
  };
  const ask = (upstream: Upstream): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      upstream.send(
        { method: 'GET', target: '/', headers: ['Host', upstream.host], body: null },
        {
          interim() {},
          head() {},
          body: (piece) => {
            text += piece.toString();
            return true;
          },
          paused: () => true,
          end: () => resolve(text),
          failed: (error) => resolve(upstreamErrorCode(error)),
        },
      );
    });

  beforeEach(() => product.setSecureContext(authority.issue({})));
  afterAll(() => Promise.all(opened.map((upstream) => upstream.close())));

  it('are verified by the public authorities where no other is named [GW-43]', async () => {
    expect(await ask(open(null))).toBe('upstream.untrusted');
    expect(reasons.at(-1)).toMatch(/^UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
  });

  it('are each verified anew: a former one is no proof [GW-43]', async () => {
    const upstream = open(authority.pem);
    expect(await ask(upstream)).toBe('the product');
    let isReused = true;
    product.once('secureConnection', (socket) => (isReused = socket.isSessionReused()));
    expect(await ask(upstream)).toBe('the product');
    expect(isReused).toBe(false);
  });

  it('that carry a request when other authorities take over carry it to its end [GW-43]', async () => {
    const upstream = open(authority.pem);
    const running = ask(upstream);
    upstream.trust(stranger.pem);
    expect(await running).toBe('the product');
    expect(await ask(upstream)).toBe('upstream.untrusted');
  });
});
