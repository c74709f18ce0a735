// Loaded into the server with --import when it is soaked: answers over IPC what cannot be seen from outside. It touches nothing of the
// server's, and keeps nothing alive.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds between two looks at whether the event loop is late. */
const RESOLUTION = 10;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();

process.on('message', ({ collect }) => {
  if (collect) {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  process.send({ heapUsed, external, arrayBuffers, resources, stallMs: Math.max(0, delay.max / 1e6 - RESOLUTION) });
  delay.reset();
});
process.channel.unref();
