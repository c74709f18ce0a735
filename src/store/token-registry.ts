// The host's own list of every token of every system. A plugin writes its row here in the transaction that makes or ends the token.
import type { TokenRegistry, TokenSummary } from '../plugin-kit/contract.js';
import type { Product } from '../core/index.js';
import type { Store } from './contract.js';
import { boundPage } from './page.js';
import { posternTokenTable } from './tables/postern-token.js';
import { posternTokenUseTable } from './tables/postern-token-use.js';
import { NEWEST_FIRST, orderClause, type TokenFilter, type TokenOrder, whereClause } from './token-filter.js';
import { changeTotals, readTotal } from './token-totals.js';
import { type LastUse, readLastUse } from './token-uses.js';

/** A token as administrators see it, of whatever system. */
export type RegisteredToken = TokenSummary & { readonly system: string };

/** The registry with its read side, for administrators. */
export interface TokenList extends TokenRegistry {
  /** Newest first unless told; at most LIMITS.pageMax. Counters are as of the last flush. */
  list(
    page: { startAt: number; limit: number },
    filter?: TokenFilter,
    order?: TokenOrder,
  ): Promise<{ total: number; tokens: readonly RegisteredToken[] }>;
  find(system: string, tokenRef: string): Promise<RegisteredToken | null>;
  /** As of the last flush; null: it was never used. */
  lastUse(system: string, tokenRef: string): Promise<LastUse | null>;
}

interface TokenRow {
  readonly system_key: string;
  readonly token_ref: string;
  readonly product: string;
  readonly owner_key: string | null;
  readonly label: string;
  readonly created_at: number | string;
  readonly expires_at: number | string | null;
  readonly last_used_at: number | string | null;
  readonly use_count: number | string;
  readonly has_limits: number | boolean;
}

const COLUMNS = 'system_key, token_ref, product, owner_key, label, created_at, expires_at, last_used_at, use_count, has_limits';

/** The registry on a migrated store. */
export function tokenList(store: Store): TokenList {
  return {
    async add(manager, token) {
      await manager.insert(posternTokenTable, {
        system_key: token.system,
        token_ref: token.tokenRef,
        product: token.product,
        owner_key: token.owner,
        label: token.label,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
        last_used_at: null,
        use_count: 0,
        has_limits: token.hasLimits,
        has_address_limit: token.hasAddressLimit ?? null,
      });
      await changeTotals(manager, token.system, 1);
    },

    async remove(manager, system, tokenRef) {
      const { affected } = await manager.delete(posternTokenTable, { system_key: system, token_ref: tokenRef });
      if (affected === 1) await changeTotals(manager, system, -1);
      await manager.delete(posternTokenUseTable, { system_key: system, token_ref: tokenRef });
    },

    async list(page, filter = {}, order = NEWEST_FIRST) {
      const { where, values } = whereClause(filter);
      const { limit, offset } = boundPage(page);
      const total = await totalOf(store, filter);
      // The nearer end: the last page is as near as the first.
      const isFromEnd = offset > total / 2;
      const size = isFromEnd ? Math.max(0, Math.min(limit, total - offset)) : limit;
      const skipped = isFromEnd ? Math.max(0, total - offset - limit) : offset;
      if (size === 0) return { total, tokens: [] };
      const rows = await store.read<TokenRow>(pageStatement(store, where, order, isFromEnd), [...values, size, skipped]);
      return { total, tokens: rows.map(asToken) };
    },

    async find(system, tokenRef) {
      const [row] = await store.read<TokenRow>(`SELECT ${COLUMNS} FROM postern_token WHERE system_key = ? AND token_ref = ?`, [
        system,
        tokenRef,
      ]);
      // MySQL takes blanks at the end of a text for nothing.
      return row === undefined || row.system_key !== system || row.token_ref !== tokenRef ? null : asToken(row);
    },

    lastUse: (system, tokenRef) => readLastUse(store, system, tokenRef),
  };
}

/** The page is found in an index alone, then its rows are fetched: skipping half a million rows would stop the event loop for half a second. */
function pageStatement({ engine }: Store, where: string, order: TokenOrder, isFromEnd: boolean): string {
  const shown = orderClause(engine, order);
  const found = isFromEnd ? orderClause(engine, { ...order, isDescending: !order.isDescending }) : shown;
  // CROSS JOIN: SQLite keeps that order, and would otherwise walk every token to be spared sorting one page.
  return `SELECT ${COLUMNS}
    FROM (SELECT system_key AS page_system, token_ref AS page_ref FROM postern_token${where} ${found} LIMIT ? OFFSET ?) page
    CROSS JOIN postern_token WHERE system_key = page_system AND token_ref = page_ref ${shown}`;
}

/** Kept where nothing but a system narrows; else counted, by an index where there is one. */
async function totalOf(store: Store, filter: TokenFilter): Promise<number> {
  const { where, values } = whereClause(filter);
  const isOfSystems = Object.keys(filter).every((name) => name === 'system');
  if (isOfSystems) return readTotal(store, filter.system);
  const [counted] = await store.read<{ total: number | string }>(`SELECT COUNT(*) AS total FROM postern_token${where}`, values);
  return Number(counted?.total);
}

function asToken(row: TokenRow): RegisteredToken {
  return {
    system: row.system_key,
    tokenRef: row.token_ref,
    product: row.product as Product,
    owner: row.owner_key,
    label: row.label,
    createdAt: Number(row.created_at),
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
    useCount: Number(row.use_count),
    hasLimits: Boolean(row.has_limits),
  };
}
