// A recording product in a process of its own: tells every request it receives to its parent, byte-exact, and answers as told: by the
// path (/download/<bytes>), by the request's own x-test-… fields, or by its parent. Without any of these: 200 and a small JSON body.
//   x-test-hold: head|end    no answer; `head`: the body is not read either, until the parent says so
//   x-test-raw: <base64>     these bytes are the answer, as they are
//   x-test-then: keep|close|reset   what becomes of the connection after the answer (raw ones: close, others: keep)
//   x-test-progress: yes     every piece of the body is told to the parent
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

let nextAnswer = null;
let connections = 0;
let downloaded = 0;
let held = null;

const server = createServer((incoming, outgoing) => {
  const seen = { incoming, outgoing, bytes: 0, digest: createHash('sha256') };
  const { 'x-test-hold': hold, 'x-test-progress': progress } = incoming.headers;
  // A request whose connection ends before the answer is complete.
  outgoing.on('close', () => outgoing.writableFinished || process.send?.({ type: 'gone', target: incoming.url }));
  incoming.on('error', () => undefined);
  if (hold !== undefined) held = seen;
  if (hold === 'head') return tell(seen);
  incoming.on('data', (chunk) => {
    count(seen, chunk);
    if (progress !== undefined) process.send?.({ type: 'progress', target: incoming.url, bytes: seen.bytes });
  });
  incoming.on('end', () => {
    tell(seen);
    if (hold === undefined) answer(seen);
  });
});

server.on('connection', (socket) => {
  socket.number = ++connections;
  // Raw answers end connections in the middle of what node:http believes to be an answer.
  socket.on('error', () => undefined);
});

function count(seen, chunk) {
  seen.bytes += chunk.length;
  seen.digest.update(chunk);
}

function tell({ incoming, bytes, digest }) {
  process.send?.({
    type: 'request',
    method: incoming.method,
    target: incoming.url,
    rawHeaders: incoming.rawHeaders,
    rawTrailers: incoming.rawTrailers,
    bytes,
    sha256: digest.copy().digest('hex'),
    connection: incoming.socket.number,
  });
}

function answer({ incoming, outgoing }) {
  const { 'x-test-raw': raw, 'x-test-then': then } = incoming.headers;
  if (raw !== undefined) return writeRaw(incoming.socket, raw, then ?? 'close');
  if (then !== undefined) outgoing.on('finish', () => finish(incoming.socket, then));
  if (nextAnswer !== null) {
    outgoing.writeHead(nextAnswer.status, nextAnswer.headers);
    outgoing.end(nextAnswer.body);
    return;
  }
  const download = /\/download\/(\d+)/.exec(incoming.url);
  if (download !== null) return stream(outgoing, Number(download[1]));
  const body = JSON.stringify({ ok: true });
  outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  outgoing.end(body);
}

function writeRaw(socket, base64, then) {
  socket.write(Buffer.from(base64, 'base64'), () => finish(socket, then));
}

function finish(socket, then) {
  if (then === 'reset') socket.resetAndDestroy();
  else if (then === 'close') socket.end();
}

function stream(outgoing, total) {
  const chunk = Buffer.alloc(65_536, 'x');
  let left = total;
  outgoing.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': total });
  const more = () => {
    while (left > 0) {
      const part = left >= chunk.length ? chunk : chunk.subarray(0, left);
      left -= part.length;
      downloaded = total - left;
      if (!outgoing.write(part)) return void outgoing.once('drain', more);
    }
    outgoing.end();
  };
  more();
}

/** What the parent may say of the request that is held. */
const orders = {
  write: ({ bytes, afterwards }) => writeRaw(held.incoming.socket, bytes, afterwards),
  idle: () => server.closeIdleConnections(),
  end: ({ afterwards }) => finish(held.incoming.socket, afterwards),
  read() {
    const seen = held;
    seen.incoming.on('data', (chunk) => count(seen, chunk));
    seen.incoming.on('end', () => {
      tell(seen);
      answer(seen);
    });
  },
};

process.on('message', (message) => {
  if (message.type === 'answer') nextAnswer = message.answer;
  else orders[message.type]?.(message);
  process.send?.({ type: 'ready', downloaded });
});
process.on('disconnect', () => process.exit(0));
server.listen({ port: 0, host: '127.0.0.1', backlog: Number(process.argv[2] ?? 511) }, () =>
  process.send?.({ type: 'listening', port: server.address().port }),
);
