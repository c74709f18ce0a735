// The records of requests that presented one credential, found by its keyed digests alone: an auditor looks a leaked value up [AUD-10].
import { LIMITS } from '../core/index.js';
import type { AuditRecord } from './contract.js';
import { type Entry, readEntry } from './entry.js';
import { readSpool } from './segments.js';
import { toRecord } from './to-record.js';

const EVERYTHING = { spool: '', segment: Number.POSITIVE_INFINITY, offset: Number.POSITIVE_INFINITY };
const CLOSES = /"e":"close","id":"[^"\\]*","of":(\d{1,16}),/;

interface Held {
  readonly entry: Entry;
  readonly node: string;
  close: Entry | null;
}

/** Oldest first, beside a running server or without one. What has no end yet is `in-flight`. */
export async function* findCredential(folder: string, digests: readonly string[]): AsyncGenerator<AuditRecord> {
  const held = new Map<number, Held>();
  let node = '';
  const isWanted = (line: string): boolean => digests.some((digest) => line.includes(`"credentialDigest":"${digest}"`));
  for await (const { lines } of readSpool(folder, null, EVERYTHING)) {
    for (const line of lines) {
      const closes = CLOSES.exec(line)?.[1];
      const record = closes === undefined ? undefined : held.get(Number(closes));
      if (record !== undefined) record.close = readEntry(line);
      else if (line.includes('"e":"segment"')) node = readEntry(line)?.node ?? node;
      else if (isWanted(line)) {
        const entry = readEntry(line);
        if (entry?.e === 'open' && digests.includes(entry.credentialDigest ?? '')) held.set(entry.seq, { entry, node, close: null });
      }
    }
    yield* ripe(held);
  }
  for (const one of held.values()) yield toRecord(one.entry, one.close, one.node, true);
}

/** In the order in which they began; one that runs for long does not hold up more than can be remembered. */
function* ripe(held: Map<number, Held>): Generator<AuditRecord> {
  for (const [sequence, one] of held) {
    if (one.close === null && held.size < LIMITS.auditJoinWindowMax) return;
    held.delete(sequence);
    yield toRecord(one.entry, one.close, one.node, true);
  }
}
