// Postern speaks TLS itself: with every limit that it has without, under the certificate that lies in its files at the moment.
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { Server } from 'node:http';
import { LIMITS } from '../../src/core/index.js';
import type { Gateway } from '../../src/gateway/gateway.js';
import { createEntry } from '../../src/gateway/entry.js';
import { runPostern, type RunningPostern } from '../directory/running-postern.js';
import { type Issued, newAuthority } from '../support/certificates.js';
import { request } from '../support/gate.js';
import { runPosternToEnd, startPosternProcess } from '../support/postern-process.js';
import { basic } from '../support/raw-client.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { type RecordingUpstream, startUpstream } from '../support/upstream.js';

const authority = newAuthority();
const TARGET = '/jira/rest/api/2/issue';
const LOGIN = `Authorization: ${basic('admin', 'admin')}`;
/** With which a process would take TLS 1.0, and a client that wants it. */
const LAX = '--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0';
const OLD_TLS: tls.ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
const READY = request('GET', '/readyz', ['Connection: close']);

let folder: TemporaryFolder;
let files: Readonly<Record<'POSTERN_TLS_CERT' | 'POSTERN_TLS_KEY', string>>;
let upstream: RecordingUpstream;
let postern: RunningPostern;

/** Puts a pair, or parts of one, into the files. */
async function place({ cert, key }: Partial<Issued>): Promise<void> {
  if (cert !== undefined) await writeFile(files.POSTERN_TLS_CERT, cert);
  if (key !== undefined) await writeFile(files.POSTERN_TLS_KEY, key);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  files = { POSTERN_TLS_CERT: folder.file('cert.pem'), POSTERN_TLS_KEY: folder.file('key.pem') };
  await place(authority.issue({ commonName: 'first' }));
  upstream = await startUpstream();
  const settings = { POSTERN_PROFILE: 'emulator', POSTERN_JIRA_UPSTREAM: upstream.origin, POSTERN_CONFLUENCE_PORT: '0' };
  postern = await runPostern({ settings: { ...settings, ...files } });
});

afterAll(async () => {
  await postern.close();
  await upstream.close();
  await folder.remove();
});

interface Client {
  readonly socket: tls.TLSSocket;
  /** The common name of the server's certificate. */
  readonly certificate: string;
  /** Sends, and resolves with everything that came by the time the answer, or the connection, ended. */
  say(bytes: string): Promise<string>;
}

/** Connects as a client that believes the authority alone. */
async function connect(port = postern.port, options: tls.ConnectionOptions = {}): Promise<Client> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca: authority.pem, ...options });
  await once(socket, 'secureConnect');
  const say = (bytes: string): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const done = (): void => resolve(text);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        const length = /content-length: (\d+)/i.exec(text)?.[1];
        if (length !== undefined && text.length >= text.indexOf('\r\n\r\n') + 4 + Number(length)) done();
      });
      socket.on('error', done).on('close', done);
      socket.write(bytes);
    });
  return { socket, say, certificate: String(socket.getPeerCertificate().subject.CN) };
}

/** One request on a connection of its own. */
async function sayOnce(bytes: string, port = postern.port): Promise<{ text: string; certificate: string }> {
  const client = await connect(port);
  const text = await client.say(bytes);
  client.socket.destroy();
  return { text, certificate: client.certificate };
}

describe('a port that speaks TLS', () => {
  it('serves both ports, and the banner says so [GW-43]', async () => {
    for (const port of [postern.port, postern.confluencePort ?? 0]) expect((await sayOnce(READY, port)).text).toContain('HTTP/1.1 200');
    expect(postern.printed.join('\n')).toContain(`https://localhost:${postern.port}/jira`);
    expect(postern.printed.join('\n')).toMatch(/Listening on https:/);
  });

  it('tells the product https, also where a redirect leads back to us [GW-43, GW-42, GW-44]', async () => {
    await upstream.answerWith({ status: 302, headers: { Location: `${upstream.origin}/jira/there`, 'Content-Length': '0' }, body: '' });
    const { text } = await sayOnce(request('GET', `${TARGET}/redirect`, [LOGIN]));
    await upstream.answerWith(null);
    expect(text).toContain('Location: https://postern.test/jira/there');
    const asked = upstream.requests.find(({ target }) => target === `${TARGET}/redirect`);
    expect(upstream.header(asked, 'X-Forwarded-Proto')).toEqual(['https']);
    expect(text).not.toMatch(/strict-transport-security/i);
  });

  it('does not bind the host to TLS on its own pages [GW-43]', async () => {
    expect((await sayOnce(request('GET', '/api/v1/users', [LOGIN]))).text).not.toMatch(/strict-transport-security/i);
  });

  it.each<[string, tls.ConnectionOptions]>([
    ['TLS 1.1', OLD_TLS],
    ['HTTP/2 alone', { ALPNProtocols: ['h2'] }],
  ])('does not speak %s [GW-43]', async (_what, options) => {
    await expect(connect(postern.port, options)).rejects.toThrow(/alert/);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s [GW-43]', async (version) => {
    const { socket } = await connect(postern.port, { minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  it.each([
    ['plain HTTP', request('GET', '/readyz')],
    ['something else', '\x00\x01\x02 nonsense \r\n\r\n'],
  ])('closes the connection of who speaks %s, says nothing of ours, and goes on [GW-43]', async (_what, bytes) => {
    const socket = net.connect(postern.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write(bytes);
    await once(socket, 'close');
    expect(text).not.toContain('HTTP/');
    expect((await sayOnce(READY)).text).toContain('HTTP/1.1 200');
    expect(postern.logged.join('\n')).not.toContain('platform.unexpected');
  });

  it.each([
    ['headers beyond the bound', request('GET', TARGET, [LOGIN, `X-Large: ${'x'.repeat(LIMITS.headerBytesMax)}`]), 431],
    ['two lengths', `POST ${TARGET} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    ['no Host', `GET ${TARGET} HTTP/1.1\r\n\r\n`, 400],
    ['a dot segment', request('GET', '/jira/rest/../secure', [LOGIN]), 400],
    ['an unknown method', request('BREW', TARGET), 501],
  ])('refuses %s as a plain one does [GW-43, GW-6, GW-52]', async (_what, bytes, status) => {
    expect((await sayOnce(bytes)).text).toContain(`HTTP/1.1 ${status}`);
  });

  it('cuts off half an answer for a client of HTTP/1.0 and goes on [GW-41, GW-43]', async () => {
    const { socket, say: ask } = await connect();
    const half = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf').toString('base64');
    const text = await ask([`GET ${TARGET}/half HTTP/1.0`, 'Host: a', LOGIN, `x-test-raw: ${half}`, '', ''].join('\r\n'));
    expect(text).toContain('half');
    socket.destroy();
    expect((await sayOnce(READY)).text).toContain('HTTP/1.1 200');
  });
});

it('has every limit of a plain one [GW-43, GW-52]', () => {
  const gateway = { upstreams: new Map() } as unknown as Gateway;
  const limitsOf = (server: Server) => ({
    headersTimeout: server.headersTimeout,
    requestTimeout: server.requestTimeout,
    keepAliveTimeout: server.keepAliveTimeout,
    timeout: server.timeout,
    maxHeadersCount: server.maxHeadersCount,
    maxConnections: server.maxConnections,
    ...(server as unknown as Record<
      'maxHeaderSize' | 'insecureHTTPParser' | 'requireHostHeader' | 'connectionsCheckingInterval' | 'noDelay',
      unknown
    >),
  });
  const [plain, secure] = [createEntry(gateway), createEntry(gateway, authority.issue({}))].map(limitsOf);
  const names = ['headersTimeout', 'requestTimeout', 'keepAliveTimeout', 'timeout', 'maxHeadersCount', 'maxConnections'] as const;
  const more = ['maxHeaderSize', 'insecureHTTPParser', 'requireHostHeader', 'connectionsCheckingInterval', 'noDelay'] as const;
  for (const name of [...names, ...more]) {
    expect([name, plain?.[name]]).not.toEqual([name, undefined]);
    expect([name, secure?.[name]]).toEqual([name, plain?.[name]]);
  }
});

it('a handshake that fails, or never comes, is no request: the connection ends, and nothing is recorded [GW-43, AUD-1]', async () => {
  const noted: unknown[] = [];
  const gateway = { upstreams: new Map(), clock: postern.clock, trail: { noteMalformed: (refusal: unknown) => noted.push(refusal) } };
  const server = createEntry(gateway as unknown as Gateway, authority.issue({}));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  // A client that connects and says nothing; its time is kept where only Node looks.
  const time = Object.getOwnPropertySymbols(server).find(({ description }) => description === 'handshake-timeout')!;
  const times = server as unknown as Record<symbol, number>;
  expect(times[time]).toBe(LIMITS.tlsHandshakeTimeoutMs);
  times[time] = 20;
  const sockets = [request('GET', TARGET), 'nonsense', ''].map((bytes) => {
    const socket = net.connect(port, '127.0.0.1').on('error', () => undefined);
    socket.resume().write(bytes);
    return socket;
  });
  try {
    await Promise.all(sockets.map((socket) => once(socket, 'close', { signal: AbortSignal.timeout(10_000) })));
    expect(noted).toEqual([]);
    times[time] = LIMITS.tlsHandshakeTimeoutMs;
    const client = await connect(port);
    expect(await client.say('GET / HTTP/1.1\r\nbad header\r\n\r\n')).toContain('HTTP/1.1 400');
    expect(noted).toHaveLength(1);
    client.socket.destroy();
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

describe('a certificate that changes', () => {
  /** What a look at the files, as the clock brings it, adds to the log. */
  const poll = async (): Promise<string> => {
    const before = postern.logged.length;
    await postern.clock.advance(LIMITS.certificatePollMs);
    return postern.logged.slice(before).join('\n');
  };
  const inForce = async (): Promise<string> => (await sayOnce(READY)).certificate;

  it('is shown to the next client, while connections that are open live on [GW-43]', async () => {
    const first = authority.issue({ commonName: 'before' });
    await place(first);
    await poll();
    const old = await connect();
    expect(old.certificate).toBe('before');
    const next = authority.issue({ commonName: 'after' });
    await place(next);
    expect(await inForce()).toBe('before');
    expect(await poll()).toContain('was read again');
    for (const port of [postern.port, postern.confluencePort ?? 0]) expect((await sayOnce(READY, port)).certificate).toBe('after');
    expect(await old.say(READY)).toContain('HTTP/1.1 200');
    old.socket.destroy();
    expect(await poll()).toBe('');
  });

  it.each<[string, (fresh: Issued) => Promise<void>]>([
    ['half a certificate', ({ cert, key }) => place({ cert: cert.slice(0, cert.length / 2), key })],
    ['half a chain', ({ cert, key }) => place({ cert: cert + authority.pem.slice(0, 300), key })],
    ['half a key', ({ cert, key }) => place({ cert, key: key.slice(0, key.length / 2) })],
    ['a new certificate and the old key', ({ cert }) => place({ cert })],
    ['a new key and the old certificate', ({ key }) => place({ key })],
    ['nothing in it', () => place({ cert: '' })],
    ['no file', () => rm(files.POSTERN_TLS_KEY)],
    ['what is no certificate', ({ key }) => place({ cert: authority.pem.replace(/\n(.{8})/, '\nAAAAAAAA'), key })],
  ])('with %s the one before stays, once with a warning, and the whole pair is taken over later [GW-43]', async (_what, damage) => {
    const [good, fresh] = [authority.issue({ commonName: 'good' }), authority.issue({ commonName: 'fresh' })];
    await place(good);
    await poll();
    await damage(fresh);
    const warning = await poll();
    expect(warning).toContain('the one before stays in force');
    expect(warning).not.toContain('PRIVATE KEY');
    expect([await poll(), await inForce()]).toEqual(['', 'good']);
    await place(fresh);
    expect(await poll()).toContain('was read again');
    expect(await inForce()).toBe('fresh');
  });

  it('is looked at once more on demand, also twice at a time [GW-43]', async () => {
    await place(authority.issue({ commonName: 'on demand' }));
    await Promise.all([postern.reload?.(), postern.reload?.()]);
    expect(await inForce()).toBe('on demand');
  });
});

it('SIGHUP has the files read again; where there are none it ends the process, as a closed terminal does [GW-43]', async () => {
  await place(authority.issue({ commonName: 'at the start' }));
  const child = await startPosternProcess({ ...files, NODE_OPTIONS: LAX });
  try {
    expect(child.origin).toMatch(/^https:/);
    expect((await sayOnce(READY, child.port)).certificate).toBe('at the start');
    await expect(connect(child.port, OLD_TLS)).rejects.toThrow(/alert/);
    await place(authority.issue({ commonName: 'after SIGHUP' }));
    child.child.kill('SIGHUP');
    while (!child.output().includes('was read again')) await once(child.child.stderr!, 'data');
    expect((await sayOnce(READY, child.port)).certificate).toBe('after SIGHUP');
    await expect(connect(child.port, OLD_TLS)).rejects.toThrow(/alert/);
    expect(await child.stop()).toBe(0);
  } finally {
    await child.close();
  }
  const plain = await runPostern();
  expect(plain.reload).toBeNull();
  await plain.close();
});

it.each<[string, () => Promise<unknown>, string]>([
  ['a certificate that is not there', () => rm(files.POSTERN_TLS_CERT), 'cert.pem cannot be read (ENOENT)'],
  ['a key of another', () => place({ key: authority.issue({}).key }), 'does not belong to the first certificate'],
])('%s: no start, and it says why [GW-43]', async (_what, damage, words) => {
  await place(authority.issue({}));
  await damage();
  const { code, output } = await runPosternToEnd(files);
  expect(code).toBe(1);
  expect(output).toContain(words);
  expect(output).toContain('POSTERN_TLS_CERT or POSTERN_TLS_KEY');
  expect(output).not.toContain('    at ');
});
