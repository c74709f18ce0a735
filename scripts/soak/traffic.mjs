// The clients of a soak, in a process of their own: so many at once, each with a connection that stays, some requests on connections that are
// opened for them. Started with `{ port, authorization, clients }`; told over IPC `{ rate }` (null: as fast as answers come) to go on,
// `{ isPaused: true }` to ask nothing for a while, `{ tell: true }` to tell what happened since it was last asked, `{ stop: true }` to end
// every connection.
import { connect } from 'node:net';
import { kindOf, KINDS } from './mix.mjs';

const order = JSON.parse(process.argv[2]);
const PATH = '/jira/rest/api/2';
/** Seconds that a request may be overdue; what is later is left out, so that a machine that stood still is not paid back in a burst. */
const OVERDUE_MS = 1_000;

const state = { rate: undefined, begun: 0, due: 0, number: 0, idle: [], isStopped: false };
let seen = nothingSeen();
const slots = Array.from({ length: order.clients }, () => ({ socket: null }));
state.idle.push(...slots);
setInterval(pace, 1);

process.on('message', (message) => {
  if (message.tell) {
    const { latencies, ...rest } = seen;
    process.send({ ...rest, ...percentiles(latencies), seconds: (performance.now() - seen.since) / 1_000 });
    seen = nothingSeen();
  } else if (message.stop) {
    state.isStopped = true;
    for (const { socket } of slots) socket?.end();
    process.send({ isStopped: true });
  } else if (message.isPaused) {
    state.rate = undefined;
  } else {
    Object.assign(state, { rate: message.rate, begun: performance.now(), due: 0 });
  }
});

function nothingSeen() {
  return { since: performance.now(), requests: 0, aborted: 0, leftOut: 0, unexpected: {}, latencies: [] };
}

/** Starts what is due. Latency counts from when it was due, so that a queue shows. */
function pace() {
  if (state.rate === undefined || state.isStopped) return;
  const now = performance.now();
  if (state.rate === null) {
    for (const slot of state.idle.splice(0)) ask(slot, now);
    return;
  }
  const due = Math.floor(((now - state.begun) / 1_000) * state.rate);
  const overdue = due - state.due - Math.ceil((OVERDUE_MS / 1_000) * state.rate);
  if (overdue > 0) {
    state.due += overdue;
    seen.leftOut += overdue;
  }
  while (state.due < due && state.idle.length > 0) {
    state.due += 1;
    // The one that was idle longest: all connections are in use.
    ask(state.idle.shift(), state.begun + (state.due / state.rate) * 1_000);
  }
}

function ask(slot, dueAt) {
  const kind = kindOf(state.number++);
  const { status: expected, isKept } = KINDS[kind];
  const done = (status) => {
    if (state.isStopped) return;
    if (status === null && expected === null) seen.aborted += 1;
    else if (status !== expected) seen.unexpected[`${kind}: ${status}`] = (seen.unexpected[`${kind}: ${status}`] ?? 0) + 1;
    seen.requests += 1;
    if (kind === 'usual') seen.latencies.push(performance.now() - dueAt);
    state.idle.push(slot);
    if (state.rate === null) pace();
  };
  if (isKept) askOnKept(slot, requestOf(kind), done);
  else exchange(connectTo(), requestOf(kind), kind === 'abort', done);
}

function askOnKept(slot, bytes, done) {
  if (slot.socket === null || slot.socket.destroyed) {
    const socket = connectTo();
    slot.socket = socket;
    socket.once('close', () => {
      if (slot.socket === socket) slot.socket = null;
    });
  }
  exchange(slot.socket, bytes, false, done);
}

function connectTo() {
  const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  return socket;
}

/** One request and its answer, which is read to its end or, with `isAborted`, left in the middle. */
function exchange(socket, bytes, isAborted, done) {
  const begun = { head: '', left: -1, status: 0 };
  const finish = (status) => {
    socket.off('data', read);
    socket.off('close', closed);
    done(status);
  };
  const closed = () => finish('closed');
  const read = (chunk) => {
    if (isAborted) {
      socket.destroy();
      return finish(null);
    }
    if (begun.left < 0) {
      begun.head += chunk.latin1Slice();
      const headEnd = begun.head.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      begun.status = Number(begun.head.slice(9, 12));
      begun.left = Number(/\r\ncontent-length: *(\d+)/i.exec(begun.head)?.[1] ?? 0) - (begun.head.length - headEnd - 4);
    } else begun.left -= chunk.length;
    if (begun.left <= 0) finish(begun.status);
  };
  socket.on('data', read);
  socket.once('close', closed);
  socket.write(bytes);
}

function requestOf(kind) {
  const target = { denied: `${PATH}/serverInfo`, abort: `${PATH}/issue/KANBAN-${state.number % 1_000}/slow` }[kind];
  const lines = [
    `GET ${target ?? `${PATH}/issue/KANBAN-${state.number % 1_000}/small`} HTTP/1.1`,
    'Host: jira.example.com',
    `Authorization: ${kind === 'wrong' ? `Bearer never-a-token-${state.number}` : order.authorization}`,
    ...(KINDS[kind].isKept ? [] : ['Connection: close']),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function percentiles(latencies) {
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
