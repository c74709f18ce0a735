// The last use of each token and its last addresses, changed in the transaction that counts, so that they are as exact as the counters [GW-51].
import type { EntityManager } from 'typeorm';
import type { Instant } from '../core/index.js';
import type { TokenUse, UsedAddress } from '../plugin-kit/contract.js';
import { mergeAddresses } from '../plugin-kit/used-addresses.js';
import type { Store } from './contract.js';
import { placeholders } from './dialect.js';

export interface LastUse {
  readonly usedAt: Instant;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  /** Newest first, at most LIMITS.tokenAddressesMax. */
  readonly addresses: readonly UsedAddress[];
}

interface UseRow {
  readonly used_at: number | string;
  readonly client_address: string | null;
  readonly user_agent: string | null;
  readonly addresses: string;
}

const COLUMNS = 'used_at, client_address, user_agent, addresses';

/** Takes uses of one token into its row, within the caller's transaction. A token that is gone has none. */
export async function keepTokenUse(
  manager: EntityManager,
  store: Pick<Store, 'engine'>,
  { system, tokenRef, lastUsedAt, clientAddress, userAgent, addresses = [] }: TokenUse & { readonly system: string },
): Promise<void> {
  // Raw statements: TypeORM's own cost ten times as much, and this runs for each token that was used within a second.
  const run = (sql: string, values: readonly unknown[]) => manager.query<readonly UseRow[]>(placeholders(store.engine, sql), [...values]);
  const [before] = await run(`SELECT ${COLUMNS} FROM postern_token_use WHERE system_key = ? AND token_ref = ?`, [system, tokenRef]);
  if (before === undefined) {
    const found = await run('SELECT 1 FROM postern_token WHERE system_key = ? AND token_ref = ?', [system, tokenRef]);
    if (found.length === 0) return;
  }
  const isLater = before === undefined || lastUsedAt >= Number(before.used_at);
  const merged = JSON.stringify(mergeAddresses(before === undefined ? [] : readAddresses(before.addresses), addresses));
  const latest = isLater ? [lastUsedAt, clientAddress, userAgent] : [before.used_at, before.client_address, before.user_agent];
  const sql =
    before === undefined
      ? 'INSERT INTO postern_token_use (used_at, client_address, user_agent, addresses, system_key, token_ref) VALUES (?, ?, ?, ?, ?, ?)'
      : 'UPDATE postern_token_use SET used_at = ?, client_address = ?, user_agent = ?, addresses = ? WHERE system_key = ? AND token_ref = ?';
  await run(sql, [...latest, merged, system, tokenRef]);
}

/** As of the last batch; null: never used. */
export async function readLastUse(store: Store, system: string, tokenRef: string): Promise<LastUse | null> {
  const sql = `SELECT ${COLUMNS} FROM postern_token_use WHERE system_key = ? AND token_ref = ?`;
  const [row] = await store.read<UseRow>(sql, [system, tokenRef]);
  if (row === undefined) return null;
  return {
    usedAt: Number(row.used_at),
    clientAddress: row.client_address,
    userAgent: row.user_agent,
    addresses: readAddresses(row.addresses),
  };
}

function readAddresses(text: string): readonly UsedAddress[] {
  return JSON.parse(text) as readonly UsedAddress[];
}
