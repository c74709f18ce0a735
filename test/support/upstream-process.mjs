// A recording product in a process of its own: tells every request it receives to its parent, byte-exact, and answers as told.
// Request paths that contain /control-… choose the behaviour; everything else is answered with 200 and a small JSON body.
import { createServer } from 'node:http';

let nextAnswer = null;
const server = createServer((incoming, outgoing) => {
  let bytes = 0;
  const hold = incoming.headers['x-test-hold'];
  incoming.on('data', (chunk) => (bytes += chunk.length));
  incoming.on('end', () => {
    process.send?.({ type: 'request', method: incoming.method, target: incoming.url, rawHeaders: incoming.rawHeaders, bytes });
    if (hold !== undefined) return; // never answers
    answer(incoming, outgoing);
  });
});

function answer(incoming, outgoing) {
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

function stream(outgoing, total) {
  const chunk = Buffer.alloc(65_536, 'x');
  let left = total;
  outgoing.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': total });
  const more = () => {
    while (left > 0) {
      const part = left >= chunk.length ? chunk : chunk.subarray(0, left);
      left -= part.length;
      if (!outgoing.write(part)) return void outgoing.once('drain', more);
    }
    outgoing.end();
  };
  more();
}

process.on('message', (message) => {
  if (message.type === 'answer') nextAnswer = message.answer;
  process.send?.({ type: 'ready' });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ type: 'listening', port: server.address().port }));
