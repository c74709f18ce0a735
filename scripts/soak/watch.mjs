// What a running server holds: memory, threads, descriptors by kind, sockets by state, timers. Linux tells the most of it in /proc.
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const MEGABYTE = 1_048_576;
/** The kernel's numbers (include/net/tcp_states.h). */
const STATES = [
  '?',
  'established',
  'syn-sent',
  'syn-received',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'closed',
  'close-wait',
  'last-ack',
  'listening',
  'closing',
];

/** One look. `collect`: after a collection of garbage, which nobody should ask for while latencies are measured. */
export async function look(child, { collect = false } = {}) {
  child.send({ collect });
  const [{ heapUsed, external, resources, stallMs }] = await once(child, 'message');
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const numberOf = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const descriptors = descriptorsOf(child.pid);
  const sockets = descriptors.filter((target) => target.startsWith('socket:'));
  return {
    rssMb: numberOf('VmRSS') / 1_024,
    heapMb: heapUsed / MEGABYTE,
    externalMb: external / MEGABYTE,
    threads: numberOf('Threads'),
    descriptors: descriptors.length,
    sockets: statesOf(sockets),
    socketCount: sockets.length,
    timers: resources.Timeout ?? 0,
    resources,
    stallMs,
  };
}

function descriptorsOf(pid) {
  return readdirSync(`/proc/${pid}/fd`).flatMap((number) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${number}`)];
    } catch {
      // Closed between the two.
      return [];
    }
  });
}

function statesOf(sockets) {
  const states = {};
  const known = tcpStates();
  for (const socket of sockets) {
    const state = known.get(/\d+/.exec(socket)[0]) ?? 'not TCP, or unbound';
    states[state] = (states[state] ?? 0) + 1;
  }
  return states;
}

/** By inode. */
function tcpStates() {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n').slice(1));
  return new Map(
    lines.map((line) => {
      const fields = line.trim().split(/\s+/);
      return [fields[9], STATES[Number.parseInt(fields[3], 16)] ?? '?'];
    }),
  );
}
