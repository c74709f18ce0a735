// The front door: `node dist/main.js`, and `main` of the package.
import { pathToFileURL } from 'node:url';

/** Starts Postern and keeps it running until a signal ends it. Sets the exit code: 0 ended as asked, 1 could not start. */
export async function main(flags: readonly string[]): Promise<void> {
  // Late, so that the build finds here where the house begins: all below is bundled into chunks that both programs share (build.mjs).
  const { runProcess } = await import('./server/process.js');
  await runProcess(flags);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));
