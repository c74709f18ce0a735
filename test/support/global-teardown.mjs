// After the last test file: ends the database servers that were started for this run, and removes its folders.
import { rmSync } from 'node:fs';

export default async function tearDown() {
  const { door, started, memory } = globalThis.posternTestDoor;
  door.close();
  door.closeAllConnections();
  for (const server of await Promise.allSettled(started.values())) {
    if (server.status === 'fulfilled') await server.value.stop?.();
  }
  if (memory !== null) rmSync(memory, { recursive: true, force: true });
}
