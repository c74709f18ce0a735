// A connection to an upstream is used again only where nothing of the one before can be left on it; and whatever becomes of it, each request is
// told one end, once.
import { LIMITS } from '../../src/core/index.js';
import { ANSWERED, answerOn, OK, openWorld, settle, sized, type Told, upload, type World } from './upstream-peer.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const answered = (peer: number, told: Told, count: number, answer = OK): Promise<void> => answerOn(world, peer, told, count, answer);

describe('a connection', () => {
  it('is used again after an answer that was read to its end [GW-40]', async () => {
    for (let count = 1; count <= 3; count += 1) {
      const told = world.ask();
      await answered(0, told, count);
      expect(told.all).toEqual(ANSWERED);
    }
    expect(world.peers).toHaveLength(1);
  });

  it.each([
    ['bytes behind the answer', 'GET', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`],
    ['an empty line behind it', 'GET', `${OK}\r\n`],
    ['an answer to HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'],
    ['`Connection: close`', 'GET', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['HTTP/1.0', 'GET', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['a 204 that announces a body', 'GET', 'HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n'],
    ['a promise that has ended when it arrives', 'GET', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'],
  ])('is closed after %s, and the next request has another [GW-40]', async (_what, method, answer) => {
    const first = world.ask({ method });
    await answered(0, first, 1, answer);
    expect([first.all.at(0)?.slice(0, 4), first.all.at(-1)]).toEqual(['head', 'end']);
    const second = world.ask();
    await answered(1, second, 1);
    expect(second.all).toEqual(ANSWERED);
    await world.peers[0]?.closed();
  });

  it('is closed with an answer that comes before the upload is complete, and nothing more is sent [GW-40]', async () => {
    const body = upload();
    body.push('abc');
    const told = world.ask({ ...sized(10), body });
    const peer = await world.peer(0);
    await peer.until(() => peer.received.endsWith('abc'));
    peer.send(OK);
    await told.over;
    body.push('defghij');
    await peer.closed();
    expect([told.all, peer.received.endsWith('\r\n\r\nabc'), body.destroyed]).toEqual([ANSWERED, true, true]);
  });

  it('is closed with an answer that comes before the system has taken all of the upload [GW-40]', async () => {
    const body = upload();
    const total = 32 * 1_048_576;
    const told = world.ask({ ...sized(total), body });
    const peer = await world.peer(0);
    await peer.asked();
    peer.socket.pause();
    body.push(Buffer.alloc(total));
    body.push(null);
    await settle();
    peer.send(OK);
    await told.over;
    const next = world.ask();
    await answered(1, next, 1);
    expect([told.all, next.all, body.destroyed]).toEqual([ANSWERED, ANSWERED, true]);
  });

  it.each([
    ['bytes that nobody asked for', (text: string) => text],
    ['its end', () => null],
  ])('that has nothing to do and gets %s is closed, and the next request has another [GW-40, GW-41]', async (_what, sendOf) => {
    await answered(0, world.ask(), 1);
    const text = sendOf('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    if (text === null) world.peers[0]?.socket.end();
    else world.peers[0]?.send(text);
    await world.peers[0]?.closed();
    await settle();
    const told = world.ask();
    await answered(1, told, 1);
    expect(told.all).toEqual(ANSWERED);
  });

  it('that was reset while it had nothing to do is not used again [GW-41]', async () => {
    await answered(0, world.ask(), 1);
    world.peers[0]?.socket.resetAndDestroy();
    await settle();
    const told = world.ask();
    await answered(1, told, 1);
    expect(told.all).toEqual(ANSWERED);
  });
});

describe('a client that gives up', () => {
  it.each([
    ['before the head', ''],
    ['within the head', 'HTTP/1.1 200'],
    ['within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ])('%s: the connection is closed, and nobody is told anything more [GW-41]', async (_what, text) => {
    const told = world.ask();
    const peer = await world.peer(0);
    await peer.asked();
    if (text !== '') peer.send(text);
    await settle();
    const before = [...told.all];
    told.sent?.abort();
    peer.send('x');
    await peer.closed();
    await settle();
    told.sent?.abort();
    told.sent?.resume();
    expect(told.all).toEqual(before);
    await answered(1, world.ask(), 1);
  });

  it('while it sends: the upload ends with it [GW-41]', async () => {
    const body = upload();
    const told = world.ask({ ...sized(10), body });
    const peer = await world.peer(0);
    body.push('abc');
    await peer.until(() => peer.received.endsWith('abc'));
    told.sent?.abort();
    body.push('def');
    await peer.closed();
    expect([told.all, body.destroyed, peer.received.endsWith('abc')]).toEqual([[], true, true]);
  });

  it.each(['head 200', 'body half', 'interim 102'])('in the very moment in which it is told `%s` [GW-41]', async (moment) => {
    const told = world.ask();
    told.on = (what) => void (what === moment && told.sent?.abort());
    const peer = await world.peer(0);
    peer.send('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf');
    await peer.closed();
    await settle();
    expect([told.all.at(-1), told.all.includes('end')]).toEqual([moment, false]);
  });

  it('too late: the next request on the connection is not its own any more [GW-41]', async () => {
    const first = world.ask();
    await answered(0, first, 1);
    const second = world.ask();
    await world.peers[0]?.asked(2);
    first.sent?.abort();
    await answered(0, second, 2);
    expect(second.all).toEqual(ANSWERED);
  });
});

describe('a receiver that throws', () => {
  it.each(['interim 102', 'head 200', 'body ok', 'end'])(
    'at `%s` is told of a failure, once, and takes nothing else with it [GW-41]',
    async (moment) => {
      const other = world.ask();
      const told = world.ask();
      told.on = (what) => {
        if (what === moment) throw new Error('a fault of ours');
      };
      await Promise.all([world.peer(0), world.peer(1)]);
      await Promise.all(world.peers.map((one) => one.asked()));
      for (const peer of world.peers) peer.send(`HTTP/1.1 102 Processing\r\n\r\n${OK}`);
      await Promise.all([told.over, other.over]);
      expect(other.all).toEqual(['interim 102', ...ANSWERED]);
      expect(told.all.at(-1)).toBe('failed a fault of ours');
      expect(told.all.filter((what) => what.startsWith('failed'))).toHaveLength(1);
    },
  );

  it('when it is told that nothing more is here yet is told of a failure, once [GW-41]', async () => {
    const told = world.ask();
    told.on = (what) => {
      if (what === 'paused') throw new Error('a fault of ours');
    };
    const peer = await world.peer(0);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf'.slice(0, -1));
    await told.over;
    await peer.closed();
    expect(told.all).toEqual(['head 200', 'body hal', 'failed a fault of ours']);
  });

  it('when it is told of its failure keeps nothing from the others [GW-41]', async () => {
    const all = [world.ask(), world.ask(), world.ask()];
    all[0]!.on = () => {
      throw new Error('a fault of ours');
    };
    await world.peer(2);
    await world.pool.destroy();
    expect(all.map((one) => one.text)).toEqual(Array.from({ length: 3 }, () => 'failed the gateway closes its connections'));
  });
});

describe('an upstream that is silent', () => {
  const sweep = LIMITS.upstreamSweepMs;

  it('is waited for until its head is late [GW-41]', async () => {
    const told = world.ask();
    await world.peer(0).then((peer) => peer.asked());
    await world.clock.advance(5_000);
    expect(told.all).toEqual([]);
    await world.clock.advance(sweep);
    expect(told.all).toEqual(['failed ETIMEDOUT']);
    await world.peers[0]?.closed();
  });

  it('within its answer is waited for from its last byte [GW-41]', async () => {
    const told = world.ask();
    const peer = await world.peer(0);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na');
    while (!told.text.endsWith('body a')) await settle();
    await world.clock.advance(1_900);
    peer.send('b');
    while (!told.text.endsWith('body b')) await settle();
    await world.clock.advance(2_000);
    expect(told.all.at(-1)).toBe('body b');
    await world.clock.advance(sweep);
    expect(told.all.at(-1)).toBe('failed ETIMEDOUT');
  });

  it('is not one whose answer the client does not take [GW-41, GW-40]', async () => {
    const told = world.ask();
    told.takes = false;
    const peer = await world.peer(0);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na');
    while (!told.text.endsWith('body a')) await settle();
    peer.send('b');
    await world.clock.advance(60_000);
    await settle();
    expect(told.all.at(-1)).toBe('body a');
    told.takes = true;
    told.sent?.resume();
    while (!told.text.endsWith('body b')) await settle();
    await world.clock.advance(2_000 + sweep);
    expect(told.all.at(-1)).toBe('failed ETIMEDOUT');
  });

  it.each([
    ['before the head', ''],
    ['also when the head has come already', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'],
  ])('is not one whose client is slow to send, %s [GW-41]', async (_when, early) => {
    const body = upload();
    const told = world.ask({ ...sized(2), body });
    const peer = await world.peer(0);
    await peer.asked();
    peer.send(early);
    if (early !== '') while (told.text !== 'head 200') await settle();
    await world.clock.advance(60_000);
    body.push('a');
    await world.clock.advance(60_000);
    expect(told.text.includes('failed')).toBe(false);
    body.push('b');
    await peer.until(() => peer.received.endsWith('ab'));
    await world.clock.advance((early === '' ? 5_000 : 2_000) + sweep);
    expect(told.all.at(-1)).toBe('failed ETIMEDOUT');
  });

  it('is one that does not read what it is sent [GW-41]', async () => {
    const body = upload();
    const told = world.ask({ ...sized(64 * 1_048_576), body });
    const peer = await world.peer(0);
    await peer.asked();
    peer.socket.pause();
    body.push(Buffer.alloc(32 * 1_048_576));
    await settle();
    await world.clock.advance(5_000);
    expect(told.all).toEqual([]);
    await world.clock.advance(2 * sweep);
    expect(told.all).toEqual(['failed ETIMEDOUT']);
  });

  it('is let go when it has had nothing to do for long enough, and sweeping stops with the last [GW-41]', async () => {
    await answered(0, world.ask(), 1);
    await world.clock.advance(LIMITS.upstreamKeepAliveMs);
    expect(world.peers[0]?.isClosed).toBe(false);
    await world.clock.advance(2 * sweep);
    await world.peers[0]?.closed();
    await settle();
    const told = world.ask();
    await answered(1, told, 1);
    await world.clock.advance(LIMITS.upstreamKeepAliveMs + 2 * sweep);
    await world.peers[1]?.closed();
  });

  it('and says how long it keeps a connection is let go a second before [GW-41]', async () => {
    await answered(0, world.ask(), 1, 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok');
    await world.clock.advance(3_900);
    expect(world.peers[0]?.isClosed).toBe(false);
    await world.clock.advance(2 * sweep);
    await world.peers[0]?.closed();
  });
});

describe('an upstream that ends its side', () => {
  it.each([
    ['before its answer', '', ['failed POSTERN_ANSWER']],
    ['within its head', 'HTTP/1.1 200 OK\r\nX', ['failed POSTERN_ANSWER']],
    ['within its body', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok', ['head 200', 'body ok', 'failed POSTERN_ANSWER']],
    [
      'within its chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
      ['head 200', 'body ok', 'failed POSTERN_ANSWER'],
    ],
    ['where nothing else says so', 'HTTP/1.1 200 OK\r\n\r\nok', ANSWERED],
  ])('%s [GW-41]', async (_when, text, expected) => {
    const told = world.ask();
    const peer = await world.peer(0);
    await peer.asked();
    peer.socket.end(text, 'latin1');
    await told.over;
    await peer.closed();
    expect(told.all).toEqual(expected);
  });

  it('with a reset where only its end says so: that is no end [GW-41]', async () => {
    const told = world.ask();
    const peer = await world.peer(0);
    peer.send('HTTP/1.1 200 OK\r\n\r\nok');
    while (!told.text.endsWith('ok')) await settle();
    peer.socket.resetAndDestroy();
    await told.over;
    expect(told.all).toEqual(['head 200', 'body ok', 'failed ECONNRESET']);
  });
});
