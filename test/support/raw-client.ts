// Writes bytes to a socket and reads what comes back: for what HTTP clients refuse to send or tidy away.
import net from 'node:net';

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  /** Lower-case names; repeated fields joined with a line feed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything, as latin1. */
  readonly raw: string;
  /** Whether the server closed the connection afterwards (only known when it did before the answer was complete or `untilClose`). */
  readonly isClosed: boolean;
}

/** Sends `request` and resolves with the first complete final answer, or with what there is when the server closes. */
export function sendRaw(
  port: number,
  request: string | Buffer,
  options: { untilClose?: boolean; host?: string; from?: string } = {},
): Promise<RawAnswer> {
  const bytes = Buffer.from(request as string);
  return new Promise((resolve, reject) => {
    // Any of 127.0.0.0/8 is an address of this machine's to connect from.
    const local = options.from === undefined ? {} : { localAddress: options.from };
    const socket = net.connect({ port, host: options.host ?? '127.0.0.1', ...local });
    // RFC 9110 §9.3.2: the answer to HEAD ends with its head.
    const isHead = bytes.subarray(0, 5).toString('latin1') === 'HEAD ';
    let received = Buffer.alloc(0);
    const finish = (isClosed: boolean): void => {
      socket.destroy();
      resolve({ ...parseAnswer(received), isClosed });
    };
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (options.untilClose !== true && isComplete(received, isHead)) finish(false);
    });
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? finish(true) : reject(error),
    );
  });
}

function finalHead(received: Buffer): { head: string; bodyStart: number } | null {
  let start = 0;
  for (;;) {
    const end = received.indexOf('\r\n\r\n', start);
    if (end < 0) return null;
    const head = received.subarray(start, end).toString('latin1');
    // 1xx answers come before the final one.
    if (!/^HTTP\/1\.1 1\d\d/.test(head)) return { head, bodyStart: end + 4 };
    start = end + 4;
  }
}

function isComplete(received: Buffer, isHead: boolean): boolean {
  const found = finalHead(received);
  if (found === null) return false;
  if (isHead) return true;
  const body = received.subarray(found.bodyStart);
  const length = /^content-length: *(\d+)/im.exec(found.head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  if (/^transfer-encoding: *chunked/im.test(found.head))
    return body.includes('0\r\n\r\n') || /(^|\r\n)0\r\n(.+\r\n)*\r\n$/.test(body.toString('latin1'));
  return /^HTTP\/1\.1 (204|304)/.test(found.head);
}

function parseAnswer(received: Buffer): Omit<RawAnswer, 'isClosed'> {
  const raw = received.toString('latin1');
  const found = finalHead(received);
  if (found === null) return { status: 0, headers: {}, body: '', raw };
  const [statusLine = '', ...fields] = found.head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}\n${value}`;
  }
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: received.subarray(found.bodyStart).toString('utf8'), raw };
}

/** `Authorization: Basic …` value. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
