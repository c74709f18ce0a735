// Opens a spool for this process alone and ends what the run before left open.
import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, LIMITS, type Logger, type RandomSource, type SpoolPosition, uuidSource } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { type OpenAppendFile, openAppendFile, syncFolderOf } from './append-file.js';
import { closeBody } from './body.js';
import { Kept } from './kept.js';
import { lockFolder, type Unlock } from './lock.js';
import { type Recovered, recover } from './recover.js';
import { type Durability, SegmentWriter } from './segment-writer.js';
import { Spool } from './spool.js';

export interface OpenSpoolOptions {
  /** This process's own: `<data>/audit/<node>`. Made with mode 0700 when it is not there. */
  readonly folder: string;
  /** Name of this process in records; left out: the spool's id. */
  readonly node?: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly durability: Durability;
  readonly logger: Logger;
  /** Left out: the real one. */
  readonly openFile?: OpenAppendFile;
  /** Bytes; left out: LIMITS.spoolSegmentBytesMax. */
  readonly segmentBytesMax?: number;
  /** Called after each group, before anybody who waited for it goes on. */
  onGroup(position: SpoolPosition): void;
}

export interface OpenedSpool {
  readonly spoolId: string;
  readonly spool: Spool;
  readonly writer: SegmentWriter;
  /** Records that the run before did not end: how they ended is unknown, and they do not run. */
  readonly unclosed: ReadonlyMap<number, string>;
  readonly nextId: () => string;
  close(): Promise<void>;
}

/** Rejects with StartError when the folder is another process's, or cannot be read or mended. */
export async function openSpool(options: OpenSpoolOptions): Promise<OpenedSpool> {
  const { folder, clock, random, logger } = options;
  const nextId = uuidSource(clock, random);
  const { unlock, recovered } = await takeOver(folder, options.durability, nextId());
  const spoolId = recovered.spool ?? nextId();
  const writer = new SegmentWriter(
    {
      folder,
      spool: spoolId,
      node: options.node ?? spoolId,
      clock,
      durability: options.durability,
      openFile: options.openFile ?? openAppendFile,
      segmentBytesMax: options.segmentBytesMax ?? LIMITS.spoolSegmentBytesMax,
    },
    recovered,
  );
  const spool = new Spool({ writer, clock, logger, open: recovered.open, onGroup: (position) => options.onGroup(position) });
  const { bytesCut, linesDamaged } = recovered;
  if (bytesCut > 0) logger.warn({ bytesCut }, 'A torn last line of the audit trail was cut off.');
  if (linesDamaged > 0) logger.error({ linesDamaged }, 'Lines of the audit trail cannot be read; they are left as they are.');
  const ending = { outcome: 'unknown', status: null, code: null, bytesIn: null, bytesOut: null } as const;
  for (const [sequence, id] of recovered.open) spool.append(new Kept(closeBody(id, sequence, clock.now(), null, ending), null, sequence));
  const close = async (): Promise<void> => {
    if (await spool.close()) await unlock();
  };
  return { spoolId, spool, writer, unclosed: recovered.open, nextId, close };
}

async function takeOver(folder: string, durability: Durability, unique: string): Promise<{ unlock: Unlock; recovered: Recovered }> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    if (durability === 'power') for (const made of [folder, dirname(folder)]) await syncFolderOf(made);
  } catch (error) {
    throw cannotOpen(folder, error);
  }
  const unlock = await lockFolder(folder, unique);
  try {
    return { unlock, recovered: await recover(folder) };
  } catch (error) {
    await unlock();
    throw cannotOpen(folder, error);
  }
}

function cannotOpen(folder: string, cause: unknown): StartError {
  return new StartError(
    `The audit trail in ${folder} cannot be opened.`,
    'Make the folder readable and writable for the user Postern runs as, and the disk sound.',
    cause,
  );
}
