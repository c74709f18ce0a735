// Wrong tokens are no way to burn CPU and stand in nobody's way, over real sockets: told by what is computed and in which order things are
// answered, never by a stopwatch [PAT-3].
import { createHook } from 'node:async_hooks';
import http from 'node:http';
import { loadSettings } from '../../src/config/load.js';
import { LIMITS, silentLogger, systemClock, systemRandom } from '../../src/core/index.js';
import type { Plugin } from '../../src/plugin-kit/contract.js';
import { hashPkcs5s2 } from '../../src/plugin-kit/pkcs5s2.js';
import { plugins } from '../../src/plugins/index.js';
import { openHashes } from '../../src/plugins/personal-access-tokens/hashes.js';
import { readRawToken, type TokenParts } from '../../src/plugins/personal-access-tokens/token-format.js';
import { type PosternServer, startServer } from '../../src/server/start.js';
import { sendHttp } from '../support/http-client.js';
import { basic } from '../support/raw-client.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testRandom } from '../support/test-random.js';

const THOUSAND = 1_000;
/** Where their number proves nothing: each is an audited request. */
const MANY = 100;
const MYSELF = '/jira/rest/api/2/myself';

let folder: TemporaryFolder;
let server: PosternServer;
let port: number;
const agent = new http.Agent({ keepAlive: true });

/** Look-ups that found a wrong value wait here while it is shut. */
const gate = { waiting: 0, opened: Promise.resolve(), open: (): void => undefined };

function shutGate(): void {
  gate.opened = new Promise((resolve) => {
    gate.open = resolve;
  });
}

/** The system as it is, but that what it does not accept waits at the gate. */
function heldUp(plugin: Plugin): Plugin {
  return {
    ...plugin,
    async activate(host) {
      const active = await plugin.activate(host);
      const authenticators = active.authenticators.map((authenticator) => ({
        ...authenticator,
        async verify(...asked: Parameters<typeof authenticator.verify>) {
          const outcome = await authenticator.verify(...asked);
          if (outcome.outcome === 'accepted') return outcome;
          gate.waiting += 1;
          await gate.opened;
          return outcome;
        },
      }));
      return { ...active, authenticators };
    },
  };
}

/** How many slow hashes `work` has computed, as Node itself counts them. */
async function hashesDuring(work: () => Promise<unknown>): Promise<number> {
  let hashes = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'PBKDF2REQUEST' || type === 'SCRYPTREQUEST') hashes += 1;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return hashes;
}

async function start(): Promise<void> {
  const specs = plugins.flatMap(({ manifest }) => manifest.settings);
  server = await startServer({
    settings: loadSettings(specs, { POSTERN_PORT: '0', POSTERN_DATA: folder.path }, []),
    plugins: plugins.map((plugin) => (plugin.manifest.key === 'personal-access-tokens-jira' ? heldUp(plugin) : plugin)),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    timezone: 'UTC',
    print: () => undefined,
  });
  port = Number(new URL(server.origin).port);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await start();
});
afterAll(async () => {
  agent.destroy();
  await server.close();
  await folder.remove();
});

async function make(user: string): Promise<string> {
  const { status, text } = await sendHttp(port, {
    method: 'POST',
    path: '/jira/rest/pat/latest/tokens',
    headers: { Authorization: basic(user, user), 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'script' }),
  });
  expect(status).toBe(201);
  return (JSON.parse(text) as { rawToken: string }).rawToken;
}

async function use(rawToken: string, path = MYSELF): Promise<number> {
  return (await sendHttp(port, { path, headers: { Authorization: `Bearer ${rawToken}` }, agent })).status;
}

/** A token of the right form with an id that nobody has. */
function unknownToken(nth: number): string {
  return Buffer.concat([Buffer.from(`9${String(nth).padStart(11, '0')}:`), systemRandom.bytes(20)]).toString('base64');
}

/** Another value for the id of a token. */
function wrongValue(rawToken: string): string {
  return Buffer.concat([Buffer.from(rawToken, 'base64').subarray(0, 13), systemRandom.bytes(20)]).toString('base64');
}

async function statuses(tokens: readonly string[]): Promise<Readonly<Record<number, number>>> {
  const counted: Record<number, number> = {};
  for (const status of await Promise.all(tokens.map((token) => use(token)))) counted[status] = (counted[status] ?? 0) + 1;
  return counted;
}

function partsOf(raw: string): TokenParts {
  const parts = readRawToken(raw);
  if (parts === null) throw new Error('not a token');
  return parts;
}

const times = (count: number, each: (nth: number) => string): readonly string[] => Array.from({ length: count }, (_, nth) => each(nth));

it('unknown token ids cost no slow hash, however many they are and in whichever product [PAT-3]', async () => {
  const hashes = await hashesDuring(async () => {
    expect(await statuses(times(MANY, unknownToken))).toEqual({ 401: MANY });
    expect([
      await use(unknownToken(1), '/confluence/rest/api/user/current'),
      await use(unknownToken(2), '/users/x/manage/api-tokens'),
      // Anonymous is somebody there, in the emulator's profile [PAT-11].
    ]).toEqual([200, 401]);
  });
  expect(hashes).toBe(0);
});

it('wrong values for one id cost the hashes that one id may, and the right value works on [PAT-3]', async () => {
  const right = await make('user');
  const wrong = times(MANY, () => wrongValue(right));
  const hashes = await hashesDuring(async () => {
    expect(await statuses(wrong)).toEqual({ 401: LIMITS.tokenFailuresMax, 503: MANY - LIMITS.tokenFailuresMax });
    expect(await use(right)).toBe(200);
  });
  expect(hashes).toBe(LIMITS.tokenFailuresMax);
});

it('right tokens, used before or new, are answered while a thousand wrong ones wait [PAT-3]', async () => {
  const before = await make('jankowalski');
  expect(await use(before)).toBe(200);
  shutGate();
  gate.waiting = 0;
  let answered = 0;
  const wrong = times(THOUSAND, unknownToken).map(async (token) => {
    const status = await use(token);
    answered += 1;
    return status;
  });
  // Real answers move the real loop on: no clock is asked.
  while (gate.waiting < THOUSAND) expect(await use(before)).toBe(200);
  const hashes = await hashesDuring(async () => {
    expect(await use(await make('admin'))).toBe(200);
  });
  const password = await sendHttp(port, { path: MYSELF, headers: { Authorization: basic('user', 'user') }, agent });
  expect([await use(before), password.status, answered, gate.waiting]).toEqual([200, 200, 0, THOUSAND]);
  // The password that made the token, and the token.
  expect(hashes).toBeLessThanOrEqual(2);
  gate.open();
  expect(new Set(await Promise.all(wrong))).toEqual(new Set([401]));
});

it('the first use of a token does not stand in line behind the wrong values that were tried for others [PAT-3]', async () => {
  const hashes = openHashes({ clock: systemClock, random: testRandom(), setting: (spec) => spec.fallback.emulator });
  const right = partsOf(unknownToken(THOUSAND));
  const [stored, anothers] = await Promise.all([right.secretText, 'another'].map((text) => hashPkcs5s2(text, Buffer.alloc(16))));
  const ids = times(20, unknownToken);
  const order: string[] = [];
  const tries = ids.flatMap((id) => times(LIMITS.tokenFailuresMax, () => wrongValue(id)));
  const answers = tries.map(async (raw) => {
    expect(await hashes.verify(partsOf(raw), anothers ?? '')).toBe(false);
    order.push('wrong');
  });
  expect(await hashes.verify(right, stored ?? '')).toBe(true);
  // One for each id, as anybody’s first use, and of the many others one.
  expect(order.length).toBeLessThanOrEqual(ids.length + LIMITS.tokenHashesMax);
  await Promise.all(answers);
  expect(order).toHaveLength(tries.length);
});
