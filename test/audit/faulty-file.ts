// The trail's only seam, with a real file behind it that can be made to fail, to write a part, or to hang.
import { type AppendFile, openAppendFile } from '../../src/audit/append-file.js';

export interface FaultyDisk {
  readonly open: (path: string) => Promise<AppendFile>;
  /** Groups that were written or tried. */
  writes: number;
  syncs: number;
  /** Set: appends write this many bytes and fail with the code; null: the disk is sound. */
  failure: { readonly code: string; readonly bytesWritten: number } | null;
  /** Set: truncating fails too. */
  isTruncateBroken: boolean;
  /** Set: fdatasync fails. */
  isSyncBroken: boolean;
  /** From now on appends hang until `release`. */
  hang(): void;
  /** Lets what hangs go on; `fails`: into an error. */
  release(fails?: boolean): void;
  /** Resolves when an append hangs. */
  hanging(): Promise<void>;
}

export function faultyDisk(): FaultyDisk {
  let gate: { readonly passed: Promise<void>; open(): void; fails: boolean } | null = null;
  let arrived = deferred();
  async function append(file: AppendFile, bytes: Buffer, offset: number): Promise<void> {
    if (gate !== null) {
      const own = gate;
      arrived.resolve();
      await own.passed;
      if (own.fails) throw systemError('EIO');
    }
    if (disk.failure === null) return await file.append(bytes, offset);
    await file.append(bytes.subarray(0, disk.failure.bytesWritten), offset);
    throw systemError(disk.failure.code);
  }

  const disk: FaultyDisk = {
    writes: 0,
    syncs: 0,
    failure: null,
    isTruncateBroken: false,
    isSyncBroken: false,
    hang() {
      const passed = deferred();
      gate = { passed: passed.promise, open: () => passed.resolve(), fails: false };
      arrived = deferred();
    },
    release(fails = false) {
      if (gate !== null) {
        gate.fails = fails;
        gate.open();
      }
      gate = null;
    },
    hanging: () => arrived.promise,
    async open(path) {
      const file = await openAppendFile(path);
      return {
        async append(bytes, offset) {
          disk.writes += 1;
          await append(file, bytes, offset);
        },
        async sync() {
          disk.syncs += 1;
          if (disk.isSyncBroken) throw systemError('EIO');
          await file.sync();
        },
        async truncate(length) {
          if (disk.isTruncateBroken) throw systemError('EIO');
          await file.truncate(length);
        },
        close: () => file.close(),
      };
    },
  };
  return disk;
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: the test's disk`), { code });
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let settle: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => (settle = resolve));
  return { promise, resolve: () => settle?.() };
}
