// The tokens of one installation in the database: how one is found, listed, kept, counted and removed.
import type { EntityManager } from 'typeorm';
import { each, runForEach } from '../../plugin-kit/statement-for-many.js';
import type { PluginHost, TokenUse } from '../../plugin-kit/contract.js';
import { hashValue } from './secret-hash.js';
import type { WombatsProfile } from './profile.js';
import { type WombatsTokenRow, wombatsTokenTable } from './tables.js';
import { fromRow, type ReadTokenRow, type WombatsToken } from './token-row.js';

export interface TokenStore {
  /** The token with this value; one prepared statement, the same whether there is one or not [GW-12]. */
  findByValue(value: string): Promise<WombatsToken | null>;
  /** By `asp_…` or by the administrators' integer id [WOM-12]. */
  find(id: string): Promise<WombatsToken | null>;
  /** In the order of creation [WOM-10]. */
  listOf(userKey: string): Promise<readonly WombatsToken[]>;
  countOf(userKey: string): Promise<number>;
  /** By id, of all users. */
  listAll(startAt: number, limit: number | null, userKey?: string): Promise<readonly WombatsToken[]>;
  countAll(userKey?: string): Promise<number>;
  insert(manager: EntityManager, token: Omit<WombatsToken, 'id' | 'hash'>, value: string): Promise<void>;
  /** False when it was gone already. */
  remove(manager: EntityManager, token: WombatsToken): Promise<boolean>;
  /** Count and last use change together, for every authentication that succeeded [WOM-15]. */
  recordUses(uses: readonly TokenUse[], manager: EntityManager): Promise<void>;
}

/** The tokens behind the host's door to the database. */
export function openTokens(host: PluginHost, profile: WombatsProfile): TokenStore {
  const schema = wombatsTokenTable(profile.tableName);
  const q = (name: string): string => host.quote(name);
  const from = `FROM ${q(profile.tableName)}`;
  const ofUser = (userKey: string | undefined): string => (userKey === undefined ? '' : ` WHERE ${q('USER_KEY')} = ?`);
  const bound = (userKey: string | undefined): string[] => (userKey === undefined ? [] : [userKey]);
  const select = async (rest: string, parameters: readonly (string | number)[]): Promise<readonly WombatsToken[]> =>
    (await host.read<ReadTokenRow>(`SELECT * ${from}${rest}`, parameters)).map(fromRow);
  const count = async (userKey: string | undefined): Promise<number> => {
    const [row] = await host.read<{ total: number | string }>(`SELECT COUNT(*) AS total ${from}${ofUser(userKey)}`, bound(userKey));
    return Number(row?.total ?? 0);
  };
  return {
    async findByValue(value) {
      const digests = host.keys.digests('token', value).map(({ digest }) => digest);
      const [token] = await select(` WHERE ${q('DIGEST')} IN (${digests.map(() => '?').join(', ')})`, digests);
      return token ?? null;
    },
    async find(id) {
      if (/^\d{1,15}$/.test(id)) return (await select(` WHERE ${q('ID')} = ?`, [Number(id)]))[0] ?? null;
      const [token] = await select(` WHERE ${q('TOKEN_ID')} = ?`, [id]);
      // A database may compare without case.
      return token?.tokenRef === id ? token : null;
    },
    listOf: (userKey) => select(` WHERE ${q('USER_KEY')} = ? ORDER BY ${q('CREATED_AT')}, ${q('ID')}`, [userKey]),
    countOf: (userKey) => count(userKey),
    listAll: (startAt, limit, userKey) =>
      select(`${ofUser(userKey)} ORDER BY ${q('ID')}${limit === null ? '' : ' LIMIT ? OFFSET ?'}`, [
        ...bound(userKey),
        ...(limit === null ? [] : [limit, startAt]),
      ]),
    countAll: (userKey) => count(userKey),
    async insert(manager, token, value) {
      const row: Omit<WombatsTokenRow, 'ID'> = {
        TOKEN_ID: token.tokenRef,
        USER_KEY: token.userKey,
        USERNAME: token.username,
        LABEL: token.label,
        SALT: token.salt,
        HASH: hashValue(token.salt, value),
        DIGEST: host.keys.digest('token', value).digest,
        CREATED_AT: token.createdAt,
        LAST_ACCESSED: token.lastAccessed,
        EXPIRATION_DATE: token.expirationDate,
        USAGE_COUNT: token.usageCount,
        LIMITS: JSON.stringify(token.limits),
      };
      await manager.insert(schema, row);
    },
    async remove(manager, token) {
      const { affected } = await manager.delete(schema, { ID: token.id });
      return affected === 1;
    },
    recordUses: (uses, manager) =>
      runForEach(
        manager,
        (builder) => countUse(builder, schema, q),
        uses.map(({ tokenRef, authenticated, lastUsedAt }) => ({ tokenRef, authenticated, at: lastUsedAt })),
      ),
  };
}

function countUse(manager: EntityManager, schema: ReturnType<typeof wombatsTokenTable>, q: (name: string) => string) {
  return manager
    .createQueryBuilder()
    .update(schema)
    .set({
      USAGE_COUNT: () => `${q('USAGE_COUNT')} + :authenticated`,
      // Batches of several nodes come in any order.
      LAST_ACCESSED: () => `CASE WHEN ${q('LAST_ACCESSED')} > :at THEN ${q('LAST_ACCESSED')} ELSE :at END`,
    })
    .setParameters({ authenticated: each('authenticated'), at: each('at') })
    .where({ TOKEN_ID: each('tokenRef') });
}
