// Extender's tokens in the database: how one is found, listed, kept, counted and removed.
import { type EntityManager, In, IsNull } from 'typeorm';
import { LIMITS } from '../../core/index.js';
import { each, runForEach } from '../../plugin-kit/statement-for-many.js';
import type { PluginHost, TokenUse } from '../../plugin-kit/contract.js';
import { extenderTokenTable } from './tables.js';
import {
  type ExtenderToken,
  fromPresented,
  fromRow,
  PRESENTED_COLUMNS,
  type PresentedRow,
  type PresentedToken,
  type ReadTokenRow,
  toRow,
} from './token-row.js';

/** Which tokens a list holds: all of them, or those of one user. */
export interface TokenFilter {
  readonly userKey: string | null;
}

export interface TokenStore {
  /** What a request needs of the token with this value. One prepared statement, the same whether there is one or not [GW-12]. */
  findPresented(value: string): Promise<PresentedToken | null>;
  /** The token with this value, whole. */
  findByValue(value: string): Promise<ExtenderToken | null>;
  findByRef(tokenRef: string): Promise<ExtenderToken | null>;
  count(filter: TokenFilter): Promise<number>;
  /** In the order of `dateCreated`, then of creation [EXT-33]. */
  list(filter: TokenFilter, startAt: number, limit: number): Promise<readonly ExtenderToken[]>;
  /** Whether the value is in use, under whichever key its digest was made. */
  isTaken(manager: EntityManager, value: string): Promise<boolean>;
  /** Whether the user, or for a token without one its author, has as many tokens as may be. */
  isFull(manager: EntityManager, token: Pick<ExtenderToken, 'authorKey' | 'userKey'>): Promise<boolean>;
  insert(manager: EntityManager, token: ExtenderToken, value: string): Promise<void>;
  /** False when it was gone already. */
  remove(manager: EntityManager, tokenRef: string): Promise<boolean>;
  /** Counts what was let through [EXT-45] and keeps the latest use. */
  recordUses(uses: readonly TokenUse[], manager: EntityManager): Promise<void>;
  /** Drops every readable value: in secure mode there are digests only [EXT-35]. */
  dropValues(): Promise<void>;
}

const SELECT = 'SELECT * FROM extender_token';
const SELECT_PRESENTED = `SELECT ${PRESENTED_COLUMNS.join(', ')} FROM extender_token`;

/** The tokens behind the host's door to the database. */
export function openTokens(host: PluginHost): TokenStore {
  const digestsOf = (value: string): string[] => host.keys.digests('token', value).map(({ digest }) => digest);
  const readOne = async (condition: string, parameters: readonly string[]): Promise<ExtenderToken | null> => {
    const [row] = await host.read<ReadTokenRow>(`${SELECT} WHERE ${condition}`, parameters);
    return row === undefined ? null : fromRow(row);
  };
  return {
    async findPresented(value) {
      const digests = digestsOf(value);
      const [row] = await host.read<PresentedRow>(`${SELECT_PRESENTED} WHERE ${isOneOf(digests)}`, digests);
      return row === undefined ? null : fromPresented(row);
    },
    findByValue(value) {
      const digests = digestsOf(value);
      return readOne(isOneOf(digests), digests);
    },
    async findByRef(tokenRef) {
      const token = await readOne('token_ref = ?', [tokenRef]);
      // A database may compare without case.
      return token?.tokenRef === tokenRef ? token : null;
    },
    async count(filter) {
      const [row] = await host.read<{ total: number | string }>(
        `SELECT COUNT(*) AS total FROM extender_token${where(filter)}`,
        bound(filter),
      );
      return Number(row?.total ?? 0);
    },
    async list(filter, startAt, limit) {
      const sql = `${SELECT}${where(filter)} ORDER BY created_at, id LIMIT ? OFFSET ?`;
      return (await host.read<ReadTokenRow>(sql, [...bound(filter), limit, startAt])).map(fromRow);
    },
    isTaken: (manager, value) => manager.existsBy(extenderTokenTable, { digest: In(digestsOf(value)) }),
    async isFull(manager, { authorKey, userKey }) {
      const owned = userKey === null ? { user_key: IsNull(), author_key: authorKey } : { user_key: userKey };
      return (await manager.countBy(extenderTokenTable, owned)) >= LIMITS.tokensPerUserMax;
    },
    async insert(manager, token, value) {
      await manager.insert(extenderTokenTable, toRow(token, host.keys.digest('token', value)));
    },
    async remove(manager, tokenRef) {
      if (!(await manager.existsBy(extenderTokenTable, { token_ref: tokenRef }))) return false;
      await manager.delete(extenderTokenTable, { token_ref: tokenRef });
      return true;
    },
    recordUses,
    async dropValues() {
      await host.transaction((manager) =>
        manager.createQueryBuilder().update(extenderTokenTable).set({ value_cipher: null }).where('value_cipher IS NOT NULL').execute(),
      );
    },
  };
}

/** The address stands before the time it depends on: MySQL assigns from left to right. */
function recordUses(uses: readonly TokenUse[], manager: EntityManager): Promise<void> {
  return runForEach(
    manager,
    (builder) =>
      builder
        .createQueryBuilder()
        .update(extenderTokenTable)
        .set({
          counter: () => 'counter + :permitted',
          last_used_ip: () => 'CASE WHEN last_used_at > :at THEN last_used_ip ELSE :address END',
          last_used_at: () => 'CASE WHEN last_used_at > :at THEN last_used_at ELSE :at END',
        })
        .setParameters({ permitted: each('permitted'), at: each('at'), address: each('address') })
        .where({ token_ref: each('tokenRef') }),
    uses.map(({ permitted, lastUsedAt, clientAddress, tokenRef }) => ({ permitted, at: lastUsedAt, address: clientAddress, tokenRef })),
  );
}

/** As many places as the site has keys: usually one. */
function isOneOf(digests: readonly string[]): string {
  return `digest IN (${digests.map(() => '?').join(', ')})`;
}

function where(filter: TokenFilter): string {
  return filter.userKey === null ? '' : ' WHERE user_key = ?';
}

function bound(filter: TokenFilter): string[] {
  return filter.userKey === null ? [] : [filter.userKey];
}
