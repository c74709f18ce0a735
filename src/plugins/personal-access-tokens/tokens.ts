// Personal access tokens in the database: how one is found, listed, kept, counted and removed. One table for both installations.
import type { EntityManager } from 'typeorm';
import type { Instant, UpstreamProduct } from '../../core/index.js';
import type { PluginHost, TokenUse } from '../../plugin-kit/contract.js';
import { vendorTimestampText } from '../../plugin-kit/table.js';
import { noteUses } from './last-uses.js';
import { isOfProduct } from './profile.js';
import { LIST_LENGTH, type Statements, statementsFor } from './statements.js';
import { personalTokenTable, posternPersonalTokenTable } from './tables.js';
import { fromRow, type NotificationState, type PersonalToken, type ReadRow, toRow } from './token-row.js';

export interface TokenStore {
  readonly statements: Statements;
  /** The token with these twelve digits. One prepared statement. */
  findByTokenId(tokenId: string): Promise<PersonalToken | null>;
  find(id: number): Promise<PersonalToken | null>;
  /** Those of these numbers that are there. */
  findMany(ids: readonly number[]): Promise<readonly PersonalToken[]>;
  /** A user's tokens in the order of creation. */
  listOf(userKey: string, startAt: number, limit: number): Promise<readonly PersonalToken[]>;
  /** Every token of a product in the order of creation. */
  listAll(product: UpstreamProduct, startAt: number, limit: number): Promise<readonly PersonalToken[]>;
  countOf(userKey: string): Promise<number>;
  countAll(product: UpstreamProduct): Promise<number>;
  /** Tokens that end by then, to the millisecond, and are in one of these states; the first to end first. */
  listEnding(until: Instant, states: readonly NotificationState[], startAt: number, limit: number): Promise<readonly PersonalToken[]>;
  /** User keys with tokens, in their order, behind one of them. */
  listUserKeys(after: string, limit: number): Promise<readonly string[]>;
  /** A user's tokens as the transaction sees them. */
  countWithin(manager: EntityManager, userKey: string): Promise<number>;
  /** Resolves with its number. */
  insert(manager: EntityManager, token: Omit<PersonalToken, 'id'>): Promise<number>;
  /** False when it was gone already. */
  remove(manager: EntityManager, token: PersonalToken): Promise<boolean>;
  /** False when it was not, or no longer, in one of the states before. */
  setState(manager: EntityManager, token: PersonalToken, before: readonly NotificationState[], state: NotificationState): Promise<boolean>;
  recordUses(uses: readonly TokenUse[], manager: EntityManager): Promise<void>;
  /** Writes the last uses into the vendor's column, all in one batch [PAT-52]. */
  flushUses(): Promise<void>;
}

/** The host's door to the database. */
export type Door = Pick<PluginHost, 'read' | 'transaction' | 'quote'>;

/** The tokens behind it. */
export function openTokens(host: Door): TokenStore {
  const statements = statementsFor(host);
  return { statements, ...readers(host, statements), ...writers(host, statements) };
}

type Readers = Pick<
  TokenStore,
  'findByTokenId' | 'find' | 'findMany' | 'listOf' | 'listAll' | 'countOf' | 'countAll' | 'listEnding' | 'listUserKeys'
>;

function readers(host: Door, { from, bare, columns, column }: Statements): Readers {
  const select = `SELECT ${columns} FROM ${from}`;
  const [id, userKey, expiringAt] = [column('ID'), column('USER_KEY'), column('EXPIRING_AT')];
  const many = Array.from({ length: LIST_LENGTH }, () => '?').join(', ');
  const list = async (sql: string, parameters: readonly (string | number | null)[]): Promise<readonly PersonalToken[]> =>
    (await host.read<ReadRow>(sql, parameters)).map(fromRow);
  const count = async (condition: string, parameters: readonly string[]): Promise<number> => {
    const [row] = await host.read<{ total: number | string }>(`SELECT COUNT(*) AS total FROM ${bare} WHERE ${condition}`, parameters);
    return Number(row?.total);
  };
  return {
    findByTokenId: async (tokenId) => (await list(`${select} WHERE ${column('TOKEN_ID')} = ?`, [tokenId]))[0] ?? null,
    find: async (number) => (await list(`${select} WHERE ${id} = ?`, [number]))[0] ?? null,
    async findMany(ids) {
      const found: PersonalToken[] = [];
      for (let start = 0; start < ids.length; start += LIST_LENGTH) {
        const filled = Array.from({ length: LIST_LENGTH }, (_, index) => ids[start + index] ?? null);
        found.push(...(await list(`${select} WHERE ${id} IN (${many})`, filled)));
      }
      return found;
    },
    listOf: (key, startAt, limit) => list(`${select} WHERE ${userKey} = ? ORDER BY ${id} LIMIT ? OFFSET ?`, [key, limit, startAt]),
    listAll: (product, startAt, limit) =>
      list(`${select} WHERE ${isOfProduct(userKey, product)} ORDER BY ${id} LIMIT ? OFFSET ?`, [limit, startAt]),
    countOf: (key) => count(`${userKey} = ?`, [key]),
    countAll: (product) => count(isOfProduct(userKey, product), []),
    listEnding(until, states, startAt, limit) {
      const marks = states.map(() => '?').join(', ');
      const condition = `${expiringAt} <= ? AND ${column('NOTIFICATION_STATE')} IN (${marks})`;
      return list(`${select} WHERE ${condition} ORDER BY ${expiringAt}, ${id} LIMIT ? OFFSET ?`, [
        vendorTimestampText(until),
        ...states,
        limit,
        startAt,
      ]);
    },
    async listUserKeys(after, limit) {
      const sql = `SELECT DISTINCT ${userKey} AS user_key FROM ${bare} WHERE ${userKey} > ? ORDER BY ${userKey} LIMIT ?`;
      return (await host.read<{ user_key: string }>(sql, [after, limit])).map((row) => row.user_key);
    },
  };
}

type Writers = Pick<TokenStore, 'countWithin' | 'insert' | 'remove' | 'setState' | 'recordUses' | 'flushUses'>;

function writers(host: Door, { flush }: Statements): Writers {
  return {
    countWithin: (manager, userKey) => manager.countBy(personalTokenTable, { USER_KEY: userKey }),
    async insert(manager, token) {
      const { identifiers } = await manager.insert(personalTokenTable, toRow(token));
      await manager.insert(posternPersonalTokenTable, {
        token_id: token.tokenId,
        inherited: JSON.stringify(token.inherited),
        use_count: 0,
        last_used_at: null,
        awaits_flush: false,
      });
      return Number(identifiers[0]?.['ID']);
    },
    async remove(manager, { id, tokenId }) {
      const { affected } = await manager.delete(personalTokenTable, { ID: id });
      await manager.delete(posternPersonalTokenTable, { token_id: tokenId });
      return affected === 1;
    },
    async setState(manager, { id }, before, state) {
      const changes = { NOTIFICATION_STATE: state };
      for (const expected of before) {
        const { affected } = await manager.update(personalTokenTable, { ID: id, NOTIFICATION_STATE: expected }, changes);
        if (affected === 1) return true;
      }
      return false;
    },
    recordUses: noteUses,
    flushUses: () =>
      host.transaction(async (manager) => {
        for (const statement of flush) await manager.query(statement);
      }),
  };
}
