// The load: keep-alive connections that send one prepared request after the other and read the answers, in a process of its own. Asked over
// IPC with `{ ports, head, bodyBytes, connections, seconds, rate?, logins? }`. Says `{ kind: 'begun' }` once every connection has had an
// answer, so that what opens connections is not in the figures, and then `{ kind: 'done', requests, statuses, seconds, latencyUs }`.
// Plain sockets, so that it costs a fraction of what is measured.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hrtime } from 'node:process';

/** Connections opened at once: far below the 512 that a Node listener keeps waiting, past which a SYN is lost and comes again after 1 s. */
const OPENED_AT_ONCE = 64;
/** Milliseconds for every connection to have had an answer: the first ones of a cold process take half a second, of a busy machine more. */
const FIRST_ANSWERS_MS = 20_000;
/** Stands in a head where the Authorization of the next line of the file goes. */
const LOGIN = '%LOGIN%';

process.on('message', (order) => {
  measure(order).then(
    (result) => process.send({ kind: 'done', ...result }),
    (error) => process.send({ kind: 'failed', reason: error.message }),
  );
});

async function measure(order) {
  const run = { order, phase: 'first', requests: 0, statuses: {}, latencies: [], idle: [], fail: null, next: requestsOf(order) };
  const failed = new Promise((_, reject) => {
    run.fail = (reason) => {
      if (run.phase !== 'over') reject(new Error(reason));
    };
  });
  const clients = [];
  try {
    return await Promise.race([drive(run, clients), failed]);
  } finally {
    run.phase = 'over';
    for (const { socket } of clients) socket.destroy();
  }
}

async function drive(run, clients) {
  const { connections, seconds, rate } = run.order;
  while (clients.length < connections) {
    const length = Math.min(OPENED_AT_ONCE, connections - clients.length);
    clients.push(...(await Promise.all(Array.from({ length }, (_, index) => openClient(run, clients.length + index)))));
  }
  await firstAnswers(run, clients);
  run.phase = 'counted';
  process.send({ kind: 'begun' });
  const begun = hrtime.bigint();
  const pace = rate === undefined ? null : keepPace(run, rate);
  if (pace === null) for (const client of run.idle.splice(0)) client.send(hrtime.bigint());
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  clearInterval(pace);
  return {
    requests: run.requests,
    statuses: run.statuses,
    seconds: Number(hrtime.bigint() - begun) / 1e9,
    latencyUs: percentiles(run.latencies),
  };
}

/** One request on every connection, and all answers: what is measured then has what it opens for each of them. */
function firstAnswers(run, clients) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      const without = clients.length - run.idle.length;
      reject(new Error(`${without} of ${clients.length} connections had no answer within ${FIRST_ANSWERS_MS / 1_000} s`));
    }, FIRST_ANSWERS_MS);
    run.onAllAnswered = () => {
      clearTimeout(late);
      resolve();
    };
    for (const client of clients) client.send(hrtime.bigint());
  });
}

const prepared = new Map();

/**
 * What is sent, one call a request: always the same, or the next of a file of logins, one a line. A file is gone through from where the last
 * order left it, so that none comes again before all others have.
 */
function requestsOf({ head, logins, bodyBytes }) {
  const body = Buffer.alloc(bodyBytes ?? 0, 'x');
  const bytesOf = (text) => Buffer.concat([Buffer.from(text, 'latin1'), body]);
  if (logins === undefined) {
    const bytes = bytesOf(head);
    return () => bytes;
  }
  const name = `${logins}\n${head}`;
  if (!prepared.has(name)) {
    const lines = readFileSync(logins, 'utf8').trimEnd().split('\n');
    prepared.set(name, { requests: lines.map((line) => bytesOf(head.replace(LOGIN, line))), at: 0 });
  }
  const cycle = prepared.get(name);
  return () => {
    cycle.at = (cycle.at + 1) % cycle.requests.length;
    return cycle.requests[cycle.at];
  };
}

/** Sends at a given rate, whatever the answers do; latency counts from when a request was due, so that a queue shows. */
function keepPace(run, rate) {
  const begun = hrtime.bigint();
  let sent = 0;
  return setInterval(() => {
    const due = Math.floor((Number(hrtime.bigint() - begun) / 1e9) * rate);
    while (sent < due && run.idle.length > 0) {
      sent += 1;
      run.idle.pop().send(begun + BigInt(Math.floor((sent / rate) * 1e9)));
    }
  }, 1);
}

/** Resolves when it is connected; a failure ends the run. */
function openClient(run, number) {
  const client = { socket: null, send: null };
  let sentAt = 0n;
  client.send = (at) => {
    sentAt = at;
    client.socket.write(run.next());
  };
  const finish = (status) => {
    if (run.phase === 'over') return;
    const now = hrtime.bigint();
    run.statuses[status] = (run.statuses[status] ?? 0) + 1;
    if (run.phase === 'first') {
      run.idle.push(client);
      if (run.idle.length === run.order.connections) run.onAllAnswered();
      return;
    }
    run.requests += 1;
    run.latencies.push(Number(now - sentAt) / 1_000);
    if (run.order.rate === undefined) client.send(now);
    else run.idle.push(client);
  };
  // Where several processes serve, each has its share of the connections.
  const port = run.order.ports[number % run.order.ports.length];
  client.socket = connect({ port, host: '127.0.0.1', noDelay: true });
  client.socket.on('data', answerReader(finish, run.fail));
  client.socket.on('error', (error) => run.fail(`the load has no connection: ${error.message}`));
  client.socket.on('close', () => run.fail('a connection was closed in mid-run'));
  return new Promise((resolve) => client.socket.once('connect', () => resolve(client)));
}

/** Reads answers with a length, one after the other. */
function answerReader(finish, fail) {
  let left = 0;
  let head = '';
  let status = 0;
  return (chunk) => {
    if (left > 0) {
      left -= chunk.length;
      if (left === 0) finish(status);
      return;
    }
    head += chunk.latin1Slice();
    const headEnd = head.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, headEnd + 2));
    if (length === null) return fail(`an answer without a length: ${head.slice(0, headEnd)}`);
    left = Number(length[1]) - (head.length - headEnd - 4);
    head = '';
    if (left === 0) finish(status);
  };
}

function percentiles(latencies) {
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}
