// Whether a spool still holds all that its head says it held: what is missing at its end was cut off, or lost with the machine's power [AUD-4].
import type { TrailSigner } from './checkpoint.js';
import { headPath, readHeadFile } from './head-file.js';
import type { Recovered } from './recover.js';

/** What is missing. */
export interface Cut {
  /** The first and the last sequence that was there for certain. */
  readonly from: number;
  readonly to: number;
  /** The segment in which the last of it stood. */
  readonly segment: number;
}

/** What was recovered, going on behind what is missing, so that the gap can always be seen. */
export interface Held {
  readonly recovered: Recovered;
  readonly cut: Cut | null;
  /** Why the head says nothing, where there should be one. */
  readonly lost: 'missing' | 'not ours' | 'of another trail' | null;
}

/** Rejects with the system's error when the head cannot be read. */
export async function heldAgainstHead(folder: string, recovered: Recovered, signer: TrailSigner): Promise<Held> {
  const found = await readHeadFile(headPath(folder), signer);
  if (found === 'missing') return { recovered, cut: null, lost: recovered.isChained ? 'missing' : null };
  if (found === 'unreadable' || found.isTrue !== true) return { recovered, cut: null, lost: 'not ours' };
  const { spool, sequence, segment } = found.head;
  if (recovered.spool !== null && recovered.spool !== spool) return { recovered, cut: null, lost: 'of another trail' };
  if (sequence <= recovered.sequence) return { recovered, cut: null, lost: null };
  const cut = { from: recovered.sequence + 1, to: sequence, segment };
  return { recovered: { ...recovered, spool, sequence }, cut, lost: null };
}
