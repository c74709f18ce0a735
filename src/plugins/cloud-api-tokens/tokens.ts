// The users' tokens in the database.
import type { EntityManager, EntitySchema } from 'typeorm';
import { type CredentialRows, credentialRows, type CredentialTable, type KeptIn, selectFrom } from './credential-rows.js';
import { type ApiTokenRow, apiTokenTable } from './tables.js';
import { foldText } from '../../plugin-kit/fold-text.js';
import type { SqlCondition } from '../../plugin-kit/contract.js';
import { type From, orderClause, type TokenOrder } from './token-order.js';
import { type ApiToken, fromTokenRow, type Read } from './token-row.js';

export interface TokenStore extends CredentialRows<ApiToken> {
  /** One account's, in the order of creation, by index [CLD-1]. */
  listOf(accountId: string): Promise<readonly ApiToken[]>;
  /** Of all users, at most `limit` of those that fit from a position on, in the direction of reading [CLD-8]. */
  listFrom(order: TokenOrder, from: From, limit: number, fitting?: SqlCondition | null): Promise<readonly ApiToken[]>;
  /** How many fit. */
  countFitting(fitting: SqlCondition): Promise<number>;
  insert(manager: EntityManager, token: Omit<ApiToken, 'id'>, value: string): Promise<void>;
}

const TABLE: CredentialTable<Read<ApiTokenRow>, ApiToken> = {
  schema: apiTokenTable as EntitySchema,
  refColumn: 'token_id',
  fromRow: fromTokenRow,
};

export function openTokens(host: KeptIn): TokenStore {
  const select = selectFrom(host, TABLE);
  return {
    ...credentialRows(host, TABLE),
    async listOf(accountId) {
      const tokens = await select(' WHERE account_id = ? ORDER BY created_at, id', [accountId]);
      // A database may compare without case.
      return tokens.filter((token) => token.accountId === accountId);
    },
    listFrom(order, from, limit, fitting = null) {
      const { sql, parameters } = orderClause(order, from, fitting);
      return select(sql, [...parameters, limit]);
    },
    async countFitting({ sql, values }) {
      const [row] = await host.read<{ total: number | string }>(`SELECT COUNT(*) AS total FROM cloud_api_token WHERE ${sql}`, values);
      return Number(row?.total);
    },
    async insert(manager, token, value) {
      await manager.insert(apiTokenTable, {
        token_id: token.tokenRef,
        user_key: token.userKey,
        account_id: token.accountId,
        username: token.username,
        label: token.label,
        lower_label: foldText(token.label),
        lower_username: foldText(token.username),
        digest: host.keys.digest('token', value).digest,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
        last_used_at: token.lastUsedAt,
        use_count: token.useCount,
        limits: JSON.stringify(token.limits),
      });
    },
  };
}
