// After the last test file: ends the database servers that were started for this run, and removes its folders.
export default async function tearDown() {
  const { door, started } = globalThis.posternTestDoor;
  door.close();
  door.closeAllConnections();
  for (const server of await Promise.allSettled(started.values())) {
    if (server.status === 'fulfilled') await server.value.stop?.();
  }
}
