// The load: keep-alive connections that send one prepared request after the other and read the answers, in a process of its own. Asked over
// IPC with `{ port, head, bodyBytes, connections, seconds, rate? }`; tells `{ requests, statuses, seconds, latencyUs: { p50, p99 } }`.
// Plain sockets, so that it costs a fraction of what is measured.
import { connect } from 'node:net';
import { hrtime } from 'node:process';

process.on('message', (order) => void measure(order).then((result) => process.send(result)));

async function measure(order) {
  const run = { order, isOver: false, requests: 0, statuses: {}, latencies: [], idle: [] };
  const bytes = Buffer.concat([Buffer.from(order.head, 'latin1'), Buffer.alloc(order.bodyBytes ?? 0, 'x')]);
  const clients = await Promise.all(Array.from({ length: order.connections }, () => openClient(run, bytes)));
  const begun = hrtime.bigint();
  const end = new Promise((resolve) => setTimeout(resolve, order.seconds * 1_000));
  const pace = order.rate === undefined ? null : keepPace(run, clients, order.rate);
  if (pace === null) for (const client of clients) client.send(hrtime.bigint());
  await end;
  run.isOver = true;
  clearInterval(pace);
  const seconds = Number(hrtime.bigint() - begun) / 1e9;
  for (const client of clients) client.socket.destroy();
  return { requests: run.requests, statuses: run.statuses, seconds, latencyUs: percentiles(run.latencies) };
}

/** Sends at a given rate, whatever the answers do; latency counts from when a request was due, so that a queue shows. */
function keepPace(run, clients, rate) {
  run.idle.push(...clients);
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

function openClient(run, bytes) {
  const client = { socket: null, send: null };
  let sentAt = 0n;
  let left = 0;
  let head = '';
  client.send = (at) => {
    sentAt = at;
    client.socket.write(bytes);
  };
  const finish = (status) => {
    if (run.isOver) return;
    const now = hrtime.bigint();
    run.requests += 1;
    run.statuses[status] = (run.statuses[status] ?? 0) + 1;
    run.latencies.push(Number(now - sentAt) / 1_000);
    if (run.order.rate === undefined) client.send(now);
    else run.idle.push(client);
  };
  let status = 0;
  const read = (chunk) => {
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
    if (length === null) throw new Error(`an answer without a length: ${head.slice(0, headEnd)}`);
    left = Number(length[1]) - (head.length - headEnd - 4);
    head = '';
    if (left === 0) finish(status);
  };
  return new Promise((resolve, reject) => {
    client.socket = connect({ port: run.order.port, host: '127.0.0.1', noDelay: true }, () => resolve(client));
    client.socket.on('data', read);
    client.socket.on('error', (error) => (run.isOver ? undefined : reject(new Error('the load has no connection', { cause: error }))));
    client.socket.on('close', () => {
      if (!run.isOver) throw new Error('a connection was closed in mid-run');
    });
  });
}

function percentiles(latencies) {
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}
