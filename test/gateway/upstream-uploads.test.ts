// A body on its way to an upstream: framed so that nothing of it can be another request, at the pace of whoever is slower.
import { Readable } from 'node:stream';
import { ANSWERED, answerOn, OK, openWorld, settle, sized, type Told, upload, type World } from './upstream-peer.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const answered = (peer: number, told: Told, count: number): Promise<void> => answerOn(world, peer, told, count);

describe('a body to the upstream', () => {
  it.each([
    ['longer than it says, at once', ['0123456789HTTP'], 'failed a body that is longer than it says'],
    ['longer than it says, by its second piece', ['01234', '56789HTTP'], 'failed a body that is longer than it says'],
    ['shorter than it says', ['01234', null], 'failed a body that is shorter than it says'],
    ['none, though one was announced', [null], 'failed a body that is shorter than it says'],
  ])('that is %s ends the connection, and none of it can be another request [GW-6]', async (_what, pieces, failure) => {
    const body = upload();
    const told = world.ask({ ...sized(10), body });
    const peer = await world.peer(0);
    await peer.asked();
    for (const piece of pieces) {
      body.push(piece);
      await settle();
    }
    await told.over;
    await peer.closed();
    expect([told.all, peer.received.includes('HTTP/1.1\r\nHost: a'), peer.received.endsWith('HTTP')]).toEqual([[failure], true, false]);
  });

  it('whose rest comes behind its length: the rest is not sent, and disturbs no request after it [GW-6]', async () => {
    let end = (): void => undefined;
    // One that takes its time to end.
    const body = new Readable({ read() {}, destroy: (_error, done) => void (end = () => done(new Error('late'))) });
    body.push('0123456789');
    const first = world.ask({ ...sized(10), body });
    await world.peer(0).then((peer) => peer.until(() => peer.received.endsWith('9')));
    body.push('GET /forged HTTP/1.1\r\n\r\n');
    await answered(0, first, 1);
    const second = upload();
    const told = world.ask({ ...sized(3), body: second });
    await world.peer(0).then((peer) => peer.asked(2));
    end();
    await settle();
    second.push('abc');
    await world.peer(0).then((peer) => peer.until(() => peer.received.endsWith('abc')));
    await answered(0, told, 2);
    expect([told.all, world.peers[0]?.received.includes('forged')]).toEqual([ANSWERED, false]);
  });

  it('of no length goes out in chunks, each at once, and an empty piece does not end it [GW-40]', async () => {
    const body = new Readable({ objectMode: true, read() {} });
    const told = world.ask({ method: 'POST', body });
    const peer = await world.peer(0);
    for (const piece of ['hello', '', '\r\n0\r\n\r\n', 'x'.repeat(20)]) body.push(Buffer.from(piece));
    await peer.until(() => peer.received.endsWith(`${'x'.repeat(20)}\r\n`));
    body.push(null);
    await peer.until(() => peer.received.endsWith('\r\n0\r\n\r\n'));
    const [head, ...rest] = peer.received.split('\r\n\r\n5\r\nhello');
    expect(head).toBe('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked');
    expect(rest).toEqual([`\r\n7\r\n\r\n0\r\n\r\n\r\n14\r\n${'x'.repeat(20)}\r\n0\r\n\r\n`]);
    await answered(0, told, 1);
  });

  it('of length 00 is none [GW-6]', async () => {
    const body = upload();
    body.push(null);
    const told = world.ask({ ...sized('00'), body });
    await answered(0, told, 1);
    await answered(0, world.ask(), 2);
    expect(told.all).toEqual(ANSWERED);
  });

  it.each([
    ['fails', (body: Readable) => body.destroy(new Error('the client went away')), 'failed the client went away'],
    ['is closed', (body: Readable) => body.destroy(), 'failed a body that breaks off'],
  ])('that %s ends the connection [GW-41]', async (_what, end, failure) => {
    const body = upload();
    const told = world.ask({ ...sized(10), body });
    const peer = await world.peer(0);
    await peer.asked();
    end(body);
    await told.over;
    await peer.closed();
    expect(told.all).toEqual([failure]);
  });

  it('that was closed before it could be sent is not begun [GW-41]', async () => {
    const body = upload().destroy();
    const told = world.ask({ ...sized(10), body });
    await told.over;
    expect(told.all).toEqual(['failed a body that is gone']);
    const next = world.ask();
    await answered(0, next, 1);
    expect(next.all).toEqual(ANSWERED);
  });

  it('is paused while the upstream does not read, and goes on when it does [GW-40]', async () => {
    const total = 64 * 1_048_576;
    let [given, got] = [0, 0];
    const body = new Readable({
      read() {
        given += 65_536;
        this.push(given > total ? null : Buffer.alloc(65_536));
      },
    });
    const told = world.ask({ ...sized(total), body });
    const peer = await world.peer(0);
    await peer.asked();
    peer.socket.removeAllListeners('data').pause();
    for (let last = -1; last !== given; await settle()) last = given;
    expect(given).toBeLessThan(total / 2);
    peer.socket.on('data', (bytes) => (got += bytes.length)).resume();
    while (got < total - 1_048_576) await settle();
    await settle();
    peer.send(OK);
    await told.over;
    expect(told.all).toEqual(ANSWERED);
  });
});
