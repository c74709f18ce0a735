// A live tail that was opened with a session of the pages ends when the session does, however it ends; one with a password goes on [AUD-23].
import { once } from 'node:events';
import http from 'node:http';
import { LIMITS } from '../../src/core/index.js';
import { type AdminWorld, basic, PASSWORDS, startAdminWorld } from './admin-world.js';

const SESSION = '/api/v1/session';
const LOGIN = { username: 'admin', password: PASSWORDS.admin };

let world: AdminWorld;

beforeEach(async () => {
  world = await startAdminWorld();
});

afterEach(() => world.close());

/** Resolves with what a page sends along. */
async function signIn(headers: http.OutgoingHttpHeaders = {}): Promise<http.OutgoingHttpHeaders> {
  const answer = await world.send({ method: 'POST', path: SESSION, json: LOGIN, headers });
  const [cookie = ''] = String(answer.headers['set-cookie']?.[0]).split(';', 1);
  return { Cookie: cookie, 'X-Postern-Page': String(answer.json()['pageToken']) };
}

interface Tail {
  readonly ended: Promise<unknown>;
  isOpen(): boolean;
}

async function follow(headers: http.OutgoingHttpHeaders, { port } = world): Promise<Tail> {
  const request = http.request({ port, host: '127.0.0.1', path: '/api/v1/audit/stream', headers, agent: false }).end();
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  expect(answer.statusCode).toBe(200);
  answer.on('error', () => undefined).resume();
  return { ended: new Promise((resolve) => answer.once('end', resolve)), isOpen: () => !answer.readableEnded && !answer.destroyed };
}

it('ends at once with signing out; those of another session and of a password go on', async () => {
  const [mine, other] = [await signIn(), await signIn()];
  const [tail, others, byPassword] = [
    await follow(mine),
    await follow(other),
    await follow({ Authorization: basic('admin', PASSWORDS.admin) }),
  ];
  expect((await world.send({ method: 'DELETE', path: SESSION, headers: mine })).status).toBe(204);
  await tail.ended;
  expect(tail.isOpen()).toBe(false);
  // A whole round of checks later the others are there still.
  await world.clock.advance(LIMITS.auditTailBeatMs);
  expect([others.isOpen(), byPassword.isOpen()]).toEqual([true, true]);
});

it('ends when the same browser signs in anew, and when the session gives way to newer ones', async () => {
  const first = await signIn();
  const replaced = await follow(first);
  await signIn(first);
  await replaced.ended;
  expect(replaced.isOpen()).toBe(false);
  const oldest = await signIn();
  const pushed = await follow(oldest);
  for (let made = 0; made < LIMITS.sessionsPerUserMax; made += 1) {
    await world.clock.advance(1);
    await signIn();
  }
  await pushed.ended;
  expect(pushed.isOpen()).toBe(false);
});

it('ends when the session does by itself: following is no use of it', async () => {
  const tail = await follow(await signIn());
  await world.clock.advance(LIMITS.sessionIdleMs - LIMITS.auditTailBeatMs);
  expect(tail.isOpen()).toBe(true);
  // One more beat falls between the end and the close of the connection: nothing may be written then.
  await world.clock.advance(LIMITS.auditTailBeatMs * 2);
  await tail.ended;
  expect(tail.isOpen()).toBe(false);
});

it('ends within a beat when the session was ended by another node', async () => {
  const tail = await follow(await signIn());
  await world.store.transaction((manager) => manager.query('DELETE FROM postern_session'));
  await world.clock.advance(LIMITS.auditTailBeatMs);
  await tail.ended;
  expect(tail.isOpen()).toBe(false);
});

it('ends when nobody can find out whether the session lasts', async () => {
  let isGone = false;
  const failing = await startAdminWorld(({ sessions }) => ({
    sessions: {
      ...sessions,
      lasts: (value) => (isGone ? Promise.reject(new Error('The database is gone.')) : sessions.lasts(value)),
    },
  }));
  try {
    const answer = await failing.send({ method: 'POST', path: SESSION, json: LOGIN });
    const tail = await follow({ Cookie: String(answer.headers['set-cookie']?.[0]).split(';', 1)[0] }, failing);
    isGone = true;
    await failing.clock.advance(LIMITS.auditTailBeatMs);
    await tail.ended;
    expect(tail.isOpen()).toBe(false);
  } finally {
    await failing.close();
  }
});
