// One connection that a test talks over piece by piece: for what happens between the first byte and the last.
import net from 'node:net';

export interface Conversation {
  /** Everything received so far as latin1, up to 1 MB. */
  readonly text: string;
  /** Bytes received so far. */
  readonly received: number;
  /** Bytes that the system has taken from what was written. */
  readonly sent: number;
  /** Whether the server has ended the connection. */
  readonly isClosed: boolean;
  /** Whether it did so with a RST. */
  readonly isReset: boolean;
  /** Resolves when the system has taken these bytes and all before. */
  write(bytes: string | Buffer): Promise<void>;
  /** Resolves with everything received as soon as `isTrue`; rejects when the connection ends before that. */
  until(isTrue: (text: string) => boolean): Promise<string>;
  /** Resolves when so many bytes are there; rejects when the connection ends before that. */
  untilReceived(bytes: number): Promise<void>;
  /** Resolves with everything received when the server has ended the connection. */
  untilClosed(): Promise<string>;
  /** Stops and starts reading. */
  pause(): void;
  resume(): void;
  /** Ends it with a FIN, or at once with a RST. */
  end(): void;
  reset(): void;
}

const TEXT_BYTES_MAX = 1_048_576;

export interface Line {
  /** The address to connect to. */
  readonly to?: string;
  /** The address to connect from: any of 127.0.0.0/8 is this machine's. */
  readonly from?: string;
}

/** Connects to a port of this machine. */
export function converse(port: number, { to = '127.0.0.1', from }: Line = {}): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: to, allowHalfOpen: true, ...(from === undefined ? {} : { localAddress: from }) });
    const chunks: Buffer[] = [];
    const watchers = new Set<() => void>();
    let received = 0;
    let isClosed = false;
    let isReset = false;
    const text = (): string => Buffer.concat(chunks).toString('latin1');
    const look = (): void => {
      for (const watcher of watchers) watcher();
    };
    const closed = (): void => {
      isClosed = true;
      look();
    };
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received <= TEXT_BYTES_MAX) chunks.push(chunk);
      look();
    });
    socket.on('end', closed).on('close', closed);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      isReset = error.code === 'ECONNRESET';
      closed();
    });
    const until = (isTrue: () => boolean): Promise<void> =>
      new Promise((done, fail) => {
        const watcher = (): void => {
          const isDone = isTrue();
          if (!isDone && !isClosed) return;
          watchers.delete(watcher);
          if (isDone) done();
          else fail(new Error(`the connection ended after ${received} bytes: ${text().slice(0, 500)}`));
        };
        watchers.add(watcher);
        watcher();
      });
    socket.once('error', reject);
    socket.once('connect', () =>
      resolve({
        get text() {
          return text();
        },
        get received() {
          return received;
        },
        get sent() {
          return socket.bytesWritten - socket.writableLength;
        },
        get isClosed() {
          return isClosed;
        },
        get isReset() {
          return isReset;
        },
        write: (bytes) => new Promise((done) => socket.write(bytes, () => done())),
        async until(isTrue) {
          await until(() => isTrue(text()));
          return text();
        },
        untilReceived: (bytes) => until(() => received >= bytes),
        async untilClosed() {
          await until(() => isClosed);
          return text();
        },
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        end: () => void socket.end(),
        reset: () => void socket.resetAndDestroy(),
      }),
    );
  });
}

/** The head of the final answer in what was received, and the bytes behind it; 1xx answers are left out. */
export function finalAnswer(text: string): { head: string; body: string } {
  const [, head = '', body = ''] = /^(?:HTTP\/1\.1 1\d\d[^]*?\r\n\r\n)*(HTTP\/1\.1 [2-5][^]*?)\r\n\r\n([^]*)$/.exec(text) ?? [];
  return { head, body };
}
