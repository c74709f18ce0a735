// The uses of tokens that a spool tells of, for counters that are behind it after a crash [GW-51].
import type { OpenedUse, SpoolPosition } from '../core/index.js';
import { type Entry, readEntry } from './entry.js';
import { readSpool } from './segments.js';

/** Uses that follow each other, and the place behind them. */
export interface UseBatch {
  readonly uses: readonly OpenedUse[];
  readonly position: SpoolPosition;
}

/** Every use between two places, oldest first, each once; `from` null: from the first. */
export async function* readUses(folder: string, from: SpoolPosition | null, to: SpoolPosition): AsyncGenerator<UseBatch> {
  for await (const { segment, lines, end } of readSpool(folder, from, to)) {
    const uses = lines.flatMap((line) => useOf(line.includes('"counts":true') ? readEntry(line) : null));
    yield { uses, position: { spool: to.spool, segment, offset: end } };
  }
}

function useOf(entry: Entry | null): OpenedUse[] {
  if (entry?.counts !== true || entry.system === undefined || entry.tokenRef === undefined) return [];
  const { system, tokenRef, at, clientAddress = null, userAgent = null } = entry;
  return [{ system, tokenRef, isPermitted: entry.decision === 'permit', at, clientAddress, userAgent }];
}
