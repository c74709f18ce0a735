// Runs rows side by side, each on a connection from an address of its own: the product is told that address in a field that Postern writes
// itself, so whatever reaches it is known by its row, also what was hidden in something else.
import net from 'node:net';
import type { Gate } from '../../support/gate.js';
import type { RecordedRequest } from '../../support/upstream.js';
import { head, HOST, type Logins, ofProfile, type Row } from './row.js';

export interface Answer {
  readonly status: number;
  /** Lower-case names; the last of each. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Result {
  readonly from: string;
  /** All final answers of the connection, that to the request sent behind included. */
  readonly answers: readonly Answer[];
  /** What came behind the last complete answer. */
  readonly rest: string;
  readonly seen: readonly RecordedRequest[];
}

/** Connections at once. */
const SIDE_BY_SIDE = 24;

/** Sent behind each row: the product must see it from a row that does not end its connection, and from no other. */
export const BEHIND = '/jira/rest/api/2/behind';

/** Rows by their number: 127.100.x.y, and 127.200.x.y for those from a proxy. */
function addressOf(index: number, row: Row): string {
  return `127.${row.isFromProxy === true ? 200 : 100}.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

/** Runs all rows against one gate. */
export async function drive(gate: Gate, rows: readonly Row[], logins: Logins): Promise<readonly Result[]> {
  const partial = new Map<number, Omit<Result, 'seen'>>();
  const waiting = [...rows.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, row] = next;
      const from = addressOf(index, row);
      partial.set(index, { from, ...(await converse(gate, row, logins, from)) });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  // The product tells of a request before it answers it, on the same channel, so a fence of our own comes after all.
  await gate.upstream.answerWith(null);
  const byAddress = groupBySender(gate);
  return rows.map((_row, index) => {
    const result = partial.get(index);
    if (result === undefined) throw new Error(`row ${index} was not run`);
    return { ...result, seen: byAddress.get(result.from) ?? [] };
  });
}

/** The peer, by the last entry of the X-Forwarded-For that Postern wrote. */
export function senderOf(gate: Gate, request: RecordedRequest): string {
  return gate.upstream.header(request, 'x-forwarded-for').join(', ').split(',').at(-1)?.trim() ?? '';
}

/** Writes the row and the request behind it in one piece, and reads until the server ends the connection. */
function converse(gate: Gate, row: Row, logins: Logins, from: string): Promise<Pick<Result, 'answers' | 'rest'>> {
  const wanted = ofProfile(row.answers, gate.profile).length;
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port: gate.postern.port, host: '127.0.0.1', localAddress: from });
    const chunks: Buffer[] = [];
    const finish = (): void => resolve(readAnswers(Buffer.concat(chunks).toString('latin1'), row.isHead === true ? wanted : 0));
    const behind = head(`GET ${BEHIND} HTTP/1.1`, HOST, logins.any, 'Connection: close');
    socket.on('connect', () => socket.write(Buffer.from(row.bytes(logins) + behind, 'latin1')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => socket.end());
    socket.on('close', finish);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error);
    });
  });
}

/** Takes the answers apart; the first `heads` have no body. */
function readAnswers(text: string, heads: number): Pick<Result, 'answers' | 'rest'> {
  const answers: Answer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(rest)?.[1] ?? 0);
    if (end < 0 || status === 0) return { answers, rest };
    const fields = fieldsOf(rest.slice(0, end));
    rest = rest.slice(end + 4);
    if (status < 200) continue;
    const hasBody = answers.length >= heads && status !== 204 && status !== 304;
    const length = hasBody ? Number(fields.get('content-length') ?? (fields.has('transfer-encoding') ? Number.NaN : 0)) : 0;
    // The product of this suite says how long its answers are, and so does Postern.
    if (Number.isNaN(length) || rest.length < length) return { answers, rest };
    answers.push({ status, fields, body: rest.slice(0, length) });
    rest = rest.slice(length);
  }
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\r\n').slice(1);
  return new Map(pairs.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
}

function groupBySender(gate: Gate): ReadonlyMap<string, readonly RecordedRequest[]> {
  const groups = new Map<string, RecordedRequest[]>();
  for (const request of gate.upstream.requests) {
    const sender = senderOf(gate, request);
    groups.set(sender, [...(groups.get(sender) ?? []), request]);
  }
  return groups;
}
