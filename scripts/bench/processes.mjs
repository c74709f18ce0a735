// Starts what takes part in a measurement, each in a process of its own, pinned to a core where the system can.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const isPinned = availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;
/** What is measured has the first core for itself; load and product share the second. */
const CORES = { measured: '0', rest: '1' };
const running = new Set();

/** Why the figures may be worse than they need be, or null. */
export const pinning = isPinned ? null : 'processes are not pinned to cores: there is one core only, or no taskset';

/** Starts `command` on one of the two cores. */
export function start(place, command, options = {}) {
  const [file, ...rest] = isPinned ? ['taskset', '-c', CORES[place], ...command] : command;
  const child = spawn(file, rest, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a script of ours; what it tells first over IPC, mostly its port, is in what is returned. The load waits to be asked. */
export async function startScript(place, script, parameters = []) {
  const child = start(place, [process.execPath, new URL(script, import.meta.url).pathname, ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  if (script === './load.mjs') return { child };
  const message = await Promise.race([
    once(child, 'message').then(([told]) => told),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${script} ended with ${code}`))),
  ]);
  return { child, ...message };
}

/** Has the load's process measure once; `onBegun` is called when what counts begins. */
export function measure(load, order, onBegun = () => undefined) {
  const { child } = load;
  return new Promise((resolve, reject) => {
    const settle = (finish, value) => {
      child.off('message', listen);
      child.off('exit', ended);
      finish(value);
    };
    const ended = () => settle(reject, new Error('the load ended by itself'));
    const listen = (message) => {
      if (message.kind === 'begun') onBegun();
      else if (message.kind === 'failed') settle(reject, new Error(message.reason));
      else settle(resolve, message);
    };
    child.on('message', listen);
    child.once('exit', ended);
    child.send(order);
  });
}

/** Seconds of processor time that a process and its children have used; null where the system does not tell. */
export function cpuSeconds(pid) {
  try {
    return [pid, ...childrenOf(pid)].reduce((sum, id) => sum + ownCpuSeconds(id), 0);
  } catch {
    return null;
  }
}

/** Of all threads, in nanoseconds: `stat` counts in hundredths of a second, which is as much as what is looked for. */
function ownCpuSeconds(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9,
    0,
  );
}

function childrenOf(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').flatMap((child) => [Number(child), ...childrenOf(Number(child))]);
}

/** Bytes that the process has in memory; null where the system does not tell. */
export function residentBytes(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1_024;
  } catch {
    return null;
  }
}

/** Ends one process and waits for it. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await once(child, 'exit');
  clearTimeout(late);
}

/** Ends whatever runs. */
export async function endAll() {
  await Promise.all([...running].map(end));
}
