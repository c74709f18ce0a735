// What is written together leaves in one piece, and is the same bytes, told once.
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import fc from 'fast-check';
import { LIMITS } from '../../src/core/index.js';
import { writeInOne } from '../../src/gateway/one-write.js';
import { newAuthority } from '../support/certificates.js';

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const authority = newAuthority();
const servers = [net.createServer(), tls.createServer(authority.issue({}))] as const;
const overTls = [false, true] as const;

beforeAll(async () => {
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  for (const server of servers) server.close();
});

/** Both ends of a connection; the server's writes in one. */
async function connected(isTls: boolean): Promise<{ readonly writer: net.Socket; readonly reader: net.Socket }> {
  const server = servers[isTls ? 1 : 0];
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, isTls ? 'secureConnection' : 'connection') as Promise<[net.Socket]>;
  const reader = isTls ? tls.connect({ port, host: '127.0.0.1', ca: authority.pem }) : net.connect(port, '127.0.0.1');
  const [writer] = await accepted;
  for (const socket of [reader, writer]) socket.on('error', () => undefined);
  writeInOne(writer);
  return { writer, reader };
}

type Piece = readonly [chunk: string | Buffer, encoding?: BufferEncoding];
const asBytes = ([chunk, encoding]: Piece): Buffer => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);

/** What arrives of pieces that are written together, and how often their callbacks were called. */
async function arriving(pieces: readonly Piece[], isTls: boolean): Promise<{ bytes: string; calls: number[] }> {
  const { writer, reader } = await connected(isTls);
  const calls = pieces.map(() => 0);
  writer.cork();
  pieces.forEach(([chunk, encoding], index) => {
    const done = (): void => void (calls[index] = (calls[index] ?? 0) + 1);
    if (typeof chunk === 'string') writer.write(chunk, encoding ?? 'utf8', done);
    else writer.write(chunk, done);
  });
  writer.uncork();
  writer.end();
  const got: Buffer[] = [];
  for await (const part of reader) got.push(part as Buffer);
  return { bytes: Buffer.concat(got).toString('latin1'), calls };
}

const expected = (pieces: readonly Piece[]) => ({
  bytes: Buffer.concat(pieces.map(asBytes)).toString('latin1'),
  calls: pieces.map(() => 1),
});
const bound = LIMITS.joinedWriteMax;

describe.each(overTls)('over TLS: %s', (isTls) => {
  it.each<[string, Piece[]]>([
    [
      'UTF-8',
      [
        ['Grüße, 世界 🌍', 'utf8'],
        ['\u010d\u010a', 'utf8'],
      ],
    ],
    ['UTF-8 that is not said to be it', [['Grüße'], ['世界']]],
    ['every byte in a buffer', [[ALL_BYTES], [ALL_BYTES]]],
    [
      'every byte as latin1',
      [
        [ALL_BYTES.toString('latin1'), 'latin1'],
        [ALL_BYTES.toString('latin1'), 'binary'],
      ],
    ],
    [
      'characters beyond latin1 said to be it, cut as Node cuts them',
      [
        ['\u010d\u010a€', 'latin1'],
        ['x', 'latin1'],
      ],
    ],
    [
      'other encodings',
      [
        ['00ff10', 'hex'],
        ['AP8Q', 'base64'],
        ['é', 'utf16le'],
        ['x', 'ascii'],
      ],
    ],
    [
      'all mixed',
      [['HTTP/1.1 200 OK\r\n\r\n', 'latin1'], [ALL_BYTES], ['ü', 'utf8'], [Buffer.alloc(0)], ['', 'latin1'], ['0\r\n\r\n', 'latin1']],
    ],
    ['a string and a buffer up to the bound', [['x'.repeat(bound - 256), 'latin1'], [ALL_BYTES]]],
    ['one over it', [['x'.repeat(bound - 255), 'latin1'], [ALL_BYTES]]],
    ['much over it', [[Buffer.alloc(1_000_000, ALL_BYTES)], ['ü'.repeat(200_000), 'utf8'], [ALL_BYTES]]],
    [
      'three bytes for each character, to the bound',
      [
        ['世'.repeat(bound - 1), 'utf8'],
        ['x', 'utf8'],
      ],
    ],
    ['one piece alone', [[ALL_BYTES]]],
  ])('%s arrives byte for byte, and each piece is told once [GW-40]', async (_what, pieces) => {
    expect(await arriving(pieces, isTls)).toEqual(expected(pieces));
  });

  it('whatever is written arrives byte for byte [GW-40]', async () => {
    const piece: fc.Arbitrary<Piece> = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes): Piece => [Buffer.from(bytes)]),
      fc.tuple(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom<BufferEncoding>('utf8', 'latin1', 'utf16le')),
      fc.constantFrom<Piece>([Buffer.alloc(bound / 2, 0xff)], ['ÿ'.repeat(bound / 2), 'latin1']),
    );
    const property = fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), async (pieces) => {
      expect(await arriving(pieces, isTls)).toEqual(expected(pieces));
    });
    await fc.assert(property, { seed: 20_261_122, numRuns: isTls ? 40 : 150 });
  });

  it('a reader that is slow makes it wait, and goes on [GW-40]', async () => {
    const { writer, reader } = await connected(isTls);
    reader.pause();
    const small = 'x'.repeat(1_000);
    let [written, drains] = [0, 0];
    const write = (): boolean => {
      writer.cork();
      let takes = true;
      for (let count = 0; count < 5; count += 1) {
        takes = writer.write(small, 'latin1');
        written += small.length;
      }
      writer.uncork();
      return takes;
    };
    let takes = true;
    while (takes || writer.writableLength === 0) {
      takes = write();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(64 * 1_048_576);
    writer.on('drain', () => (drains += 1));
    let got = 0;
    reader.on('data', (bytes: Buffer) => (got += bytes.length)).resume();
    await once(writer, 'drain');
    while (got < written) await once(reader, 'data');
    expect([got, drains]).toEqual([written, 1]);
    writer.destroy();
  });

  it('on a socket that is destroyed it fails, told once, and throws nothing [GW-41]', async () => {
    const { writer, reader } = await connected(isTls);
    writer.cork();
    const told: unknown[] = [];
    writer.write('a', 'latin1', (error) => told.push(error));
    writer.write(ALL_BYTES, (error) => told.push(error));
    writer.destroy();
    writer.uncork();
    writer.write('b', (error) => told.push(error));
    await once(writer, 'close');
    expect(told.map((error) => typeof (error as NodeJS.ErrnoException).code)).toEqual(['string', 'string', 'string']);
    reader.destroy();
  });
});

it('small pieces are one write for the system, and one record over TLS; large ones are not copied together [GW-40]', async () => {
  const { writer } = await connected(false);
  const together: number[] = [];
  const { _write: writeOne, _writev: writeApart } = writer;
  writer._write = (...given) => {
    together.push(1);
    writeOne.apply(writer, given);
  };
  for (const sizes of [
    [100, 100, 5],
    [100, bound, 5],
  ]) {
    writer.cork();
    for (const size of sizes) writer.write('x'.repeat(size), 'latin1');
    writer.uncork();
    together.push(0);
  }
  expect([together, typeof writeApart]).toEqual([[1, 0, 0], 'function']);
  writer.destroy();
});
