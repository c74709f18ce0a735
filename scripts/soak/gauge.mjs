// What can be carried now: by the server, of which a share is held from then on, and by the bare proxy in its place, which tells how fast the
// machine is. A machine gives half as much again in one minute as in the next, and 80 % of what it gave an hour ago is no load or too much.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuSeconds, measure, startScript } from '../bench/processes.mjs';

/** Seconds that the bare proxy is driven for. */
const BARE_SECONDS = 2;
const BARE_CONNECTIONS = 32;
/** Seconds of the server at full speed: those that do not count, those that do. */
const COLD_SECONDS = 4;
const AGAIN_SECONDS = 1;
const COUNTED_SECONDS = 4;
/** Seconds for the queue of full speed to go before latencies count. */
const SETTLE_SECONDS = 1;

/** Starts the yardstick, and its load, beside a product. */
export async function startYardstick(product) {
  const { child, port } = await startScript('measured', './bare-proxy.mjs', [`http://127.0.0.1:${product.port}`]);
  return { pid: child.pid, port, load: await startScript('rest', './load.mjs') };
}

/** The bare proxy at full speed, while nothing else is asked of the machine: `{ perSecond, us }`, processor time of a request. */
export async function gaugeMachine({ pid, port, load }) {
  const order = {
    ports: [port],
    head: 'GET /jira/rest/api/2/issue/KANBAN-1/small HTTP/1.1\r\nHost: jira.example.com\r\n\r\n',
    bodyBytes: 0,
    connections: BARE_CONNECTIONS,
    seconds: BARE_SECONDS,
  };
  let before = 0;
  const { requests, seconds } = await measure(load, order, () => {
    before = cpuSeconds(pid);
  });
  return { perSecond: requests / seconds, us: ((cpuSeconds(pid) - before) / requests) * 1e6 };
}

/** The server at full speed: requests in a second, and what was answered that should not have been. */
export async function gaugeServer(traffic, { isCold }) {
  traffic.send({ rate: null });
  await wait((isCold ? COLD_SECONDS : AGAIN_SECONDS) * 1_000);
  const { unexpected: early } = await tell(traffic);
  await wait(COUNTED_SECONDS * 1_000);
  const { requests, seconds, unexpected } = await tell(traffic);
  return { perSecond: requests / seconds, unexpected: added(early, unexpected) };
}

/** Holds a rate from now on; resolves when the queue of before is gone, to the answers meanwhile that should have been others. */
export async function holdRate(traffic, rate) {
  traffic.send({ rate });
  await wait(SETTLE_SECONDS * 1_000);
  return (await tell(traffic)).unexpected;
}

/** Nothing is asked until the next rate. */
export async function pause(traffic) {
  traffic.send({ isPaused: true });
  await wait(SETTLE_SECONDS * 1_000);
  return (await tell(traffic)).unexpected;
}

/** What happened since this was last asked. */
export async function tell(traffic) {
  traffic.send({ tell: true });
  return (await once(traffic, 'message'))[0];
}

/** Counts by name, put together. */
export function added(...counts) {
  const sum = {};
  for (const [name, count] of counts.flatMap(Object.entries)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
