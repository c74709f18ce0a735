// A real SMTP server in the test's own process, and the mails that arrived there, read as simply as they are written.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  /** Recipients of the envelope. */
  readonly to: readonly string[];
  /** Every header field once, by its name in lower case, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly subject: string;
  /** The parts by their content type, decoded. */
  readonly parts: ReadonlyMap<string, string>;
  readonly source: string;
}

export interface MailServer {
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** While true every mail is refused for now. */
  isRefusing: boolean;
  /** Names and passwords that logged in. */
  readonly logins: readonly string[];
  close(): Promise<void>;
}

export interface MailServerOptions {
  readonly port?: number;
  /** Whether it offers a login, and no TLS with it. */
  readonly hasLogin?: boolean;
}

export async function startMailServer({ port = 0, hasLogin = false }: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    disabledCommands: hasLogin ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    authOptional: true,
    // For connections that a failed test left open.
    closeTimeout: 500,
    allowInsecureAuth: true,
    onAuth({ username = '', password = '' }, _session, done) {
      logins.push(`${username}:${password}`);
      done(null, { user: username });
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (state.isRefusing) return done(Object.assign(new Error('not now'), { responseCode: 451 }));
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          ...readMail(Buffer.concat(chunks).toString('latin1')),
        });
        done();
      });
    },
  });
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  let closed: Promise<void> | null = null;
  const state: MailServer = {
    url: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    received,
    logins,
    isRefusing: false,
    close() {
      closed ??= new Promise((resolve) => server.close(() => resolve()));
      return closed;
    },
  };
  return state;
}

function readMail(source: string): Omit<ReceivedMail, 'from' | 'to'> {
  const { headers, body } = readEntity(source);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  const pieces = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1);
  const parts = new Map<string, string>();
  for (const piece of pieces.map((text) => readEntity(text.replace(/^\r\n/, '')))) {
    const type = piece.headers.get('content-type')?.split(';')[0] ?? '';
    parts.set(
      type,
      decodeBody(piece.body, piece.headers.get('content-transfer-encoding') ?? '7bit')
        .replaceAll('\r\n', '\n')
        .trimEnd(),
    );
  }
  return { headers, subject: decodeWords(headers.get('subject') ?? ''), parts, source };
}

function readEntity(source: string): { headers: Map<string, string>; body: string } {
  const end = source.indexOf('\r\n\r\n');
  const lines = source
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [name = '', ...value] = line.split(':');
    if (headers.has(name.toLowerCase())) throw new Error(`the mail has two fields ${name}`);
    headers.set(name.toLowerCase(), value.join(':').trim());
  }
  return { headers, body: source.slice(end + 4) };
}

function decodeBody(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return text;
  const bytes = text
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** RFC 2047 encoded words. */
function decodeWords(text: string): string {
  const joined = text.replaceAll(/(\?=)\s+(=\?)/g, '$1$2');
  return joined.replaceAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
    kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString('utf8') : decodeBody(word.replaceAll('_', ' '), 'quoted-printable'),
  );
}
