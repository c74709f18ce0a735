// Run alone, because the test runner itself watches promises: how many contexts do three promises have after a transaction?
import { executionAsyncId } from 'node:async_hooks';
import { silentLogger } from '../../dist/core/index.js';
import { openStore } from '../../dist/store/open-store.js';

const store = await openStore({
  url: 'sqlite:postern.sqlite',
  dataFolder: process.argv[2],
  logger: silentLogger,
  entities: [],
  migrations: [],
});
await store.transaction((manager) => manager.query('SELECT 1'));
const contexts = new Set();
for (let count = 0; count < 3; count += 1) {
  await Promise.resolve();
  contexts.add(executionAsyncId());
}
await store.close();
console.log(contexts.size);
