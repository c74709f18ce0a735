// Bodies flow both ways at the pace of the slower side, in constant memory, while they are still being sent.
import { createHash } from 'node:crypto';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';
import { MB, memoryOf, openWire, untilStill, type Wire } from './wire.js';

const gates = gatesOfThisFile();
let wire: Wire;
beforeAll(async () => {
  wire = await openWire(gates);
});

const ISSUE = '/jira/rest/api/2/issue';
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('an upload', () => {
  it.each([
    ['of a known length', 'Content-Length: 8', ['abcd', 'efgh'], 'Content-Length: 8'],
    ['in chunks', 'Transfer-Encoding: chunked', ['4\r\nabcd\r\n', '4;x=y\r\nefgh\r\n0\r\n\r\n'], 'Transfer-Encoding: chunked'],
  ])('%s reaches the product while it is still being sent [GW-40]', async (_how, framing, [first = '', second = ''], framed) => {
    const target = wire.freshTarget();
    const client = await converse(wire.gate.postern.port);
    await client.write(wire.head('POST', target, framing, 'x-test-progress: yes') + first);
    await wire.gate.upstream.until(() => wire.gate.upstream.progress.get(target) === 4);
    expect(wire.gate.upstream.requests.some((one) => one.target === target)).toBe(false);
    await client.write(second);
    await client.until((text) => text.includes('{"ok":true}'));
    client.end();
    const received = wire.gate.upstream.requests.find((one) => one.target === target);
    expect([received?.bytes, received?.sha256]).toEqual([8, sha256('abcdefgh')]);
    expect(received?.rawHeaders.join('\n')).toContain(framed.replace(': ', '\n'));
  });

  it('waits for a product that does not read, in constant memory, and arrives whole when it does [GW-40]', async () => {
    const total = 192 * MB;
    const piece = Buffer.alloc(MB, 'upload');
    const target = wire.freshTarget();
    const before = memoryOf(wire.gate).now;
    const client = await converse(wire.gate.postern.port);
    const digest = createHash('sha256');
    void client.write(wire.head('POST', target, `Content-Length: ${total}`, 'x-test-hold: head'));
    for (let sent = 0; sent < total; sent += piece.length) {
      digest.update(piece);
      void client.write(piece);
    }
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
    const sent = await untilStill(wire.gate, () => client.sent);
    expect(sent).toBeLessThan(64 * MB);
    expect(memoryOf(wire.gate).now - before).toBeLessThan(64 * MB);
    await wire.gate.upstream.read();
    await client.until((text) => text.includes('{"ok":true}'));
    client.end();
    const received = wire.gate.upstream.requests.findLast((one) => one.target === target);
    expect([received?.bytes, received?.sha256]).toEqual([total, digest.digest('hex')]);
    expect(memoryOf(wire.gate).most - before).toBeLessThan(160 * MB);
  });

  it.each([
    [
      'of a known length',
      (body: Buffer): Buffer => Buffer.concat([Buffer.from(wire.head('POST', ISSUE, `Content-Length: ${body.length}`)), body]),
    ],
    [
      'in chunks of every size',
      (body: Buffer): Buffer => {
        const parts: Buffer[] = [Buffer.from(wire.head('POST', ISSUE, 'Transfer-Encoding: chunked'))];
        for (let from = 0, size = 1; from < body.length; from += size, size = (size * 7) % 4_099) {
          const chunk = body.subarray(from, from + size);
          parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
        }
        return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
      },
    ],
  ])('%s arrives byte for byte [GW-40]', async (_how, bytesFor) => {
    const body: Buffer = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 256));
    const { answer, received } = await wire.gate.send(bytesFor(body));
    expect(answer.status).toBe(200);
    expect(received.map((one) => [one.bytes, one.sha256])).toEqual([[body.length, sha256(body)]]);
  });
});

describe('a download', () => {
  it.each([
    ['of a known length', 'Content-Length: 8', ['abcd', 'efgh'], 'Content-Length: 8'],
    ['in chunks', 'Transfer-Encoding: chunked', ['4\r\nabcd\r\n', '4\r\nefgh\r\n0\r\n\r\n'], 'Transfer-Encoding: chunked'],
    ['that ends with its connection', 'Connection: close', ['abcd', 'efgh'], 'Transfer-Encoding: chunked'],
  ])('%s reaches the client while it is still being sent [GW-40]', async (_how, framing, [first = '', second = ''], framed) => {
    const client = await converse(wire.gate.postern.port);
    const target = wire.freshTarget();
    await client.write(wire.head('GET', target, 'x-test-hold: end'));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
    await wire.gate.upstream.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${first}`);
    const text = await client.until((received) => received.includes('abcd'));
    expect(text).toContain(`\r\n${framed}\r\n`);
    await wire.gate.upstream.write(second, 'close');
    await client.until((received) => received.includes('efgh') && (framed.startsWith('C') || received.endsWith('0\r\n\r\n')));
    client.end();
  });

  it('begins with its head, before there is a body [GW-40]', async () => {
    const client = await converse(wire.gate.postern.port);
    const target = wire.freshTarget();
    await client.write(wire.head('GET', target, 'x-test-hold: end'));
    await wire.gate.upstream.until(() => wire.gate.upstream.requests.some((one) => one.target === target));
    await wire.gate.upstream.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Early: 1\r\n\r\n');
    await client.until((received) => received.includes('X-Early: 1') && received.endsWith('\r\n\r\n'));
    await wire.gate.upstream.write('ok', 'close');
    expect(finalAnswer(await client.until((received) => received.endsWith('ok'))).body).toBe('ok');
    client.end();
  });

  it('waits for a client that does not read, in constant memory, and arrives whole when it does [GW-40]', async () => {
    const total = 192 * MB;
    const client = await converse(wire.gate.postern.port);
    const before = memoryOf(wire.gate).now;
    await client.write(wire.head('GET', wire.freshTarget(`/jira/rest/api/2/download/${total}`)));
    await client.untilReceived(1);
    client.pause();
    const received = await untilStill(wire.gate, async () => {
      await wire.gate.upstream.answerWith(null);
      return wire.gate.upstream.sent;
    });
    expect(received).toBeLessThan(64 * MB);
    expect(memoryOf(wire.gate).now - before).toBeLessThan(64 * MB);
    client.resume();
    await client.untilReceived(total);
    const headLength = finalAnswer(client.text).head.length + 4;
    await client.untilReceived(total + headLength);
    expect(client.received).toBe(total + headLength);
    expect(memoryOf(wire.gate).most - before).toBeLessThan(160 * MB);
    client.end();
  });

  it('in very many small pieces waits as one does for a client that does not read, and arrives whole [GW-40]', async () => {
    // More than the system holds between the two.
    const [count, piece] = [200_000, 'x'.repeat(100)];
    const client = await converse(wire.gate.postern.port);
    const target = wire.freshTarget();
    const said = wire.gate.postern.output().length;
    // To a client of HTTP/1.0 it goes without chunks, so that its bytes can be counted.
    await client.write(`GET ${target} HTTP/1.0\r\nHost: postern.test\r\n${wire.login}\r\nx-test-hold: end\r\n\r\n`);
    await wire.gate.upstream.until(() => wire.hasArrived(target));
    client.pause();
    await wire.gate.upstream.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    void wire.gate.upstream.write(`64\r\n${piece}\r\n`.repeat(count));
    void wire.gate.upstream.write('0\r\n\r\n', 'close');
    await untilStill(wire.gate, () => wire.gate.upstream.requests.length);
    client.resume();
    await client.untilClosed();
    expect(client.received).toBe(finalAnswer(client.text).head.length + 4 + count * piece.length);
    // A listener for each piece would be a warning, and memory.
    expect(wire.gate.postern.output().slice(said)).not.toContain('MaxListeners');
    client.end();
  });
});
