// Where the trail's uses become counters. The counters and the place in the trail up to which they count change in one transaction, so that
// after a crash the rest of the trail is counted, each entry once [GW-51].
import type { EntityManager } from 'typeorm';
import { type Clock, nextTurn, type SpoolPosition } from '../core/index.js';
import type { TokenUse } from '../plugin-kit/contract.js';
import { moveCursor, readCursor } from './audit/cursor.js';
import type { Store } from './contract.js';
import { placeholders } from './dialect.js';
import { keepTokenUse } from './token-uses.js';

export interface UsageBatch {
  /** Where the batch begins: what `position` said, else what the last batch ended with; null before the first. */
  readonly from: SpoolPosition | null;
  /** Where it ends, of the same spool. */
  readonly to: SpoolPosition;
  /** `system` is the plugin's key. */
  readonly uses: readonly (TokenUse & { readonly system: string })[];
}

export interface UsageStore {
  /** Up to where this spool's uses are counted; null before the first. */
  position(spool: string): Promise<SpoolPosition | null>;
  /**
   * Counts a batch in one transaction: the registry's rows, what `within` changes (the plugins' own rows), and the position.
   * Throws, having changed nothing, when the position is no longer `from`: the uses were counted already.
   */
  apply(batch: UsageBatch, within: (manager: EntityManager) => Promise<void>): Promise<void>;
}

/** Tokens whose uses are counted before requests get their turn: a millisecond or two. */
const USES_AT_ONCE = 20;

const COUNT_USES = `UPDATE postern_token SET use_count = use_count + ?,
  last_used_at = CASE WHEN last_used_at IS NULL OR last_used_at < ? THEN ? ELSE last_used_at END
  WHERE system_key = ? AND token_ref = ?`;

/** The counters on a migrated store. */
export function usageStore(store: Store, clock: Clock): UsageStore {
  const countUses = placeholders(store.engine, COUNT_USES);
  return {
    position: (spool) => readCursor(store, 'counters', spool),

    async apply(batch, within) {
      await store.transaction(async (manager) => {
        // First, so that two who count the same batch take turns at this row.
        await moveCursor(manager, 'counters', batch, clock);
        for (const [index, use] of batch.uses.entries()) {
          // Each is three statements; between some of them requests get their turn.
          if (index % USES_AT_ONCE === USES_AT_ONCE - 1) await nextTurn();
          const { permitted, lastUsedAt, system, tokenRef } = use;
          await manager.query(countUses, [permitted, lastUsedAt, lastUsedAt, system, tokenRef]);
          await keepTokenUse(manager, store, use);
        }
        await within(manager);
      });
    },
  };
}
