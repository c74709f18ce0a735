// Loaded into the server with --import when it is soaked: answers over IPC what cannot be seen from outside. It touches nothing of the
// server's, and keeps nothing alive.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

process.on('message', ({ collect }) => {
  if (collect) {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  process.send({ heapUsed, external, arrayBuffers, resources });
});
process.channel.unref();
