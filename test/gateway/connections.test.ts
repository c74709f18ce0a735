// Connections and what happens on them besides one request and its answer: answers that come early, requests that come together, HTTP/1.0.
import { request } from '../support/gate.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';
import { base64, MB, openWire, untilStill, type Wire } from './wire.js';

const gates = gatesOfThisFile();
let wire: Wire;
beforeAll(async () => {
  wire = await openWire(gates);
});

describe('an answer that comes before the upload is complete', () => {
  const EARLY = base64('HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge');

  it('reaches the client at once [GW-40, GW-41]', async () => {
    const client = await converse(wire.gate.postern.port);
    const target = wire.freshTarget();
    await client.write(wire.head('POST', target, `Content-Length: ${MB}`, 'x-test-hold: head') + 'x'.repeat(1_000));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
    await wire.gate.upstream.write(Buffer.from(EARLY, 'base64'));
    const text = await client.until((received) => received.endsWith('large'));
    expect(finalAnswer(text).head.split(' ')[1]).toBe('413');
    client.reset();
  });

  it.each([
    ['keeps its connection', 'keep'],
    ['closes its connection', 'close'],
  ] as const)('reaches a client that reads only after it has sent everything, when the product %s [GW-40]', async (_what, then) => {
    const total = 24 * MB;
    const client = await converse(wire.gate.postern.port);
    client.pause();
    const target = wire.freshTarget();
    void client.write(wire.head('POST', target, `Content-Length: ${total}`, 'x-test-hold: head'));
    const sent = client.write(Buffer.alloc(total, 'x'));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
    await wire.gate.upstream.write(Buffer.from(EARLY, 'base64'), then);
    await sent;
    client.resume();
    const text = await client.until((received) => received.endsWith('large'));
    expect(finalAnswer(text).head.split(' ')[1]).toBe('413');
    client.end();
  });

  it('leaves the connection fit for the next request, or ended [GW-40, GW-6]', async () => {
    const client = await converse(wire.gate.postern.port);
    const [first, second] = [wire.freshTarget(), wire.freshTarget()];
    const body = 'x'.repeat(200_000);
    void client.write(wire.head('POST', first, `Content-Length: ${body.length}`, 'x-test-hold: head'));
    void client.write(body.slice(0, 100_000));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === first));
    await wire.gate.upstream.write(Buffer.from(EARLY, 'base64'));
    await client.until((received) => received.endsWith('large'));
    void client.write(body.slice(100_000) + wire.head('GET', second, 'Connection: close'));
    const text = await client.untilClosed();
    const answers = text.match(/HTTP\/1\.1 \d+/g);
    // Whatever follows is an answer to the second request, never to what the body holds.
    expect([['HTTP/1.1 413'], ['HTTP/1.1 413', 'HTTP/1.1 200']]).toContainEqual(answers);
    expect(wire.gate.upstream.requests.filter((one) => one.target === second)).toHaveLength((answers?.length ?? 0) - 1);
  });
});

describe('connections', () => {
  it('several requests written at once are answered in their order, each judged for itself [GW-40, GW-20]', async () => {
    const client = await converse(wire.gate.postern.port);
    const targets = Array.from({ length: 5 }, () => wire.freshTarget());
    const limited = await gates.login(wire.gate, { limitTo: '[post].*' });
    const all = targets.map((target, index) =>
      index === 2
        ? request('GET', target, [limited])
        : wire.head('GET', target, `x-test-raw: ${base64(`HTTP/1.1 200 OK\r\nX-Number: ${index}\r\nContent-Length: 0\r\n\r\n`)}`),
    );
    await client.write(`${all.join('')}${wire.head('GET', wire.freshTarget(), 'Connection: close')}`);
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1 \d+|X-Number: \d/g)).toEqual([
      'HTTP/1.1 200',
      'X-Number: 0',
      'HTTP/1.1 200',
      'X-Number: 1',
      'HTTP/1.1 403',
      'HTTP/1.1 200',
      'X-Number: 3',
      'HTTP/1.1 200',
      'X-Number: 4',
      'HTTP/1.1 200',
    ]);
    expect(wire.gate.upstream.requests.some((one) => one.target === targets[2])).toBe(false);
  });

  it('a request that is sent before the answer to the one before it does not overtake it [GW-40]', async () => {
    const client = await converse(wire.gate.postern.port);
    const [first, second] = [wire.freshTarget(), wire.freshTarget()];
    await client.write(wire.head('DELETE', first, 'x-test-hold: end') + wire.head('GET', second, 'Connection: close'));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === first));
    // Plenty of turns for the second to come as well, if anything let it.
    await untilStill(wire.gate, () => wire.gate.upstream.requests.length);
    expect(wire.gate.upstream.requests.some((one) => one.target === second)).toBe(false);
    await wire.gate.upstream.write('HTTP/1.1 204 No Content\r\n\r\n', 'close');
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 200']);
    expect(wire.gate.upstream.requests.some((one) => one.target === second)).toBe(true);
  });

  it.each([
    ['as many as may wait', 101, false],
    ['one more', 102, true],
  ])('%s behind one that is slow: cut off: %s [GW-52]', async (_what, requests, isCut) => {
    const client = await converse(wire.gate.postern.port);
    const first = wire.freshTarget();
    const short = `GET ${wire.freshTarget()} HTTP/1.1\r\nHost: a\r\n${wire.login}\r\n\r\n`;
    await client.write(wire.head('GET', first, 'x-test-hold: end') + short.repeat(requests - 1));
    if (isCut) {
      expect(await client.untilClosed()).toBe('');
      return;
    }
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === first));
    await wire.gate.upstream.write('HTTP/1.1 204 No Content\r\n\r\n', 'close');
    const text = await client.until((received) => received.match(/HTTP\/1\.1 /g)?.length === requests);
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    client.end();
  });

  it('those to the product are kept and used again [GW-40]', async () => {
    const numbers = new Set<number>();
    for (let index = 0; index < 5; index += 1) {
      const { received } = await wire.gate.send(request('GET', wire.freshTarget(), [wire.login]));
      for (const { connection } of received) numbers.add(connection);
    }
    expect(numbers.size).toBe(1);
  });

  it.each([
    ['a known length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'Content-Length: 2'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n', null],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nok', null],
  ])(
    'a client of HTTP/1.0 gets an answer with %s as HTTP/1.0 has it: no chunks, and its end is the connection’s [GW-40]',
    async (_what, bytes, length) => {
      const text = await wire.rawAnswer(bytes, { version: '1.0' });
      const { head: answered, body } = finalAnswer(text);
      expect(body).toBe('ok');
      expect(answered.toLowerCase()).not.toMatch(/transfer-encoding|trailer/);
      if (length !== null) expect(answered).toContain(length);
    },
  );
});
