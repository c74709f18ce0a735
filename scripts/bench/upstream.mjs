// The product of the measurement, in a process of its own: `…/small`, `…/large` (100 KB), `…/slow` (the same with a pause in the middle), and
// uploads, which it reads and forgets.
import { createServer } from 'node:http';

const SMALL = Buffer.from(JSON.stringify({ id: '10000', key: 'KANBAN-100', fields: { summary: 'x'.repeat(120) } }));
const LARGE = Buffer.alloc(100_000, 'x');
const SLOW_MS = 100;

const server = createServer((request, response) => {
  if (request.url.endsWith('/slow')) return answerSlowly(response);
  const body = request.url.endsWith('/large') ? LARGE : SMALL;
  const answer = () => {
    response.writeHead(200, ['Content-Type', 'application/json;charset=UTF-8', 'Content-Length', String(body.length)]);
    response.end(body);
  };
  if (request.method === 'GET') return answer();
  request.resume();
  request.once('end', answer);
});
server.keepAliveTimeout = 120_000;
// All connections of a proxy come at once, and Node's own 511 would be just enough for one: past it a SYN is lost and comes again after 1 s.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => process.send({ port: server.address().port }));

/** For clients that go away in the middle. */
function answerSlowly(response) {
  response.writeHead(200, ['Content-Type', 'application/octet-stream', 'Content-Length', String(LARGE.length)]);
  response.write(LARGE.subarray(0, LARGE.length / 2));
  const rest = setTimeout(() => response.end(LARGE.subarray(LARGE.length / 2)), SLOW_MS);
  response.once('close', () => clearTimeout(rest));
}
