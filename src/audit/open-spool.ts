// Opens a spool for this process alone and ends what the run before left open.
import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, LIMITS, type Logger, type RandomSource, type SpoolPosition, uuidSource } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { type OpenAppendFile, openAppendFile, syncFolderOf } from './append-file.js';
import { closeBody } from './body.js';
import type { TrailSigner } from './checkpoint.js';
import { HeadFile } from './head-file.js';
import { type Held, heldAgainstHead } from './held-against-head.js';
import { Kept } from './kept.js';
import { noteAct } from './own-act.js';
import { lockFolder, type Unlock } from './lock.js';
import { recover } from './recover.js';
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
  /** Signs checkpoints: the site's keys. */
  readonly signer: TrailSigner;
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
  const { folder, clock, random, logger, signer } = options;
  const nextId = uuidSource(clock, random);
  const { unlock, ...held } = await takeOver(options, nextId());
  const { recovered, cut, lost } = held;
  const spoolId = recovered.spool ?? nextId();
  const headFile = new HeadFile(folder, signer, logger);
  const writer = new SegmentWriter(
    {
      folder,
      spool: spoolId,
      node: options.node ?? spoolId,
      clock,
      durability: options.durability,
      openFile: options.openFile ?? openAppendFile,
      segmentBytesMax: options.segmentBytesMax ?? LIMITS.spoolSegmentBytesMax,
      signer,
      onCheckpoint: (head) => headFile.save(head),
    },
    recovered,
  );
  const spool = new Spool({ writer, clock, logger, open: recovered.open, onGroup: (position) => options.onGroup(position) });
  tell(held, logger);
  // What a killed process left unsigned is signed with the first group, or runs killed in turn would leave all of it so.
  if (!recovered.isSigned) writer.wantCheckpoint();
  const { sequence, lastHash: hash, segment } = recovered;
  // From the first moment on there is one, so that it is never rightly missing. One that says more than the spool holds has to stay.
  if (cut === null) headFile.save({ spool: spoolId, sequence, hash, segment, at: clock.now() });
  else {
    // A line with a number behind all that is lost stands first in a file of its own: the gap stays to be seen.
    writer.beginSegment(Math.max(cut.segment, segment));
    void noteAct({ spool, nextId, clock }, 'audit.cut-found', { from: cut.from, to: cut.to });
  }
  if (lost !== null) void noteAct({ spool, nextId, clock }, 'audit.head-lost', { head: lost });
  const ending = { outcome: 'unknown', status: null, code: null, bytesIn: null, bytesOut: null } as const;
  for (const [opened, id] of recovered.open) spool.append(new Kept(closeBody(id, opened, clock.now(), null, ending), null, opened));
  const close = async (): Promise<void> => {
    if (await spool.close()) await unlock();
    await headFile.settled();
  };
  return { spoolId, spool, writer, unclosed: recovered.open, nextId, close };
}

function tell({ recovered, cut, lost }: Held, logger: Logger): void {
  const { bytesCut, linesDamaged } = recovered;
  if (bytesCut > 0) logger.warn({ bytesCut }, 'A torn last line of the audit trail was cut off.');
  if (linesDamaged > 0) logger.error({ linesDamaged }, 'Lines of the audit trail cannot be read; they are left as they are.');
  if (cut !== null)
    logger.error(cut, 'The end of the audit trail is missing: its head says that it went on. The gap stays, and is recorded.');
  if (lost !== null) logger.error({ head: lost }, 'The head of the audit trail is lost: whether the end is missing cannot be told.');
}

async function takeOver({ folder, durability, signer }: OpenSpoolOptions, unique: string): Promise<Held & { readonly unlock: Unlock }> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    if (durability === 'power') for (const made of [folder, dirname(folder)]) await syncFolderOf(made);
  } catch (error) {
    throw cannotOpen(folder, error);
  }
  const unlock = await lockFolder(folder, unique);
  try {
    return { unlock, ...(await heldAgainstHead(folder, await recover(folder), signer)) };
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
