// A folder of its own for one test, gone afterwards.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
  remove(): Promise<void>;
}

/** Makes an empty folder below the system's own; `remove()` deletes it with everything in it. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'postern-test-'));
  return {
    path: folder,
    file: (name) => path.join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Folders that all begin as `fill` left the first one, which is filled once for a test file: to migrate a database and to hash passwords takes
 * longer than most tests on it.
 */
export function copiesOf(fill: (folder: TemporaryFolder) => Promise<void>): () => Promise<TemporaryFolder> {
  let first: Promise<TemporaryFolder> | undefined;
  const make = async (): Promise<TemporaryFolder> => {
    const folder = await temporaryFolder();
    await fill(folder);
    return folder;
  };
  afterAll(async () => (await first)?.remove());
  return async () => {
    const { path: from } = await (first ??= make());
    const folder = await temporaryFolder();
    await cp(from, folder.path, { recursive: true });
    return folder;
  };
}
