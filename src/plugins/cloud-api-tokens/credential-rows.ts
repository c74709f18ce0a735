// What tokens and organization keys have in common in the database: each is found by its value or its id, listed, counted and removed.
import type { EntityManager, EntitySchema } from 'typeorm';
import { each, runForEach } from '../../plugin-kit/statement-for-many.js';
import type { PluginHost, TokenUse } from '../../plugin-kit/contract.js';

/** What the rows want of the house. */
export type KeptIn = Pick<PluginHost, 'read' | 'keys'>;

/** A credential in its table. */
export interface Stored {
  readonly id: number;
  readonly tokenRef: string;
}

/** Where one kind of credential is kept. */
export interface CredentialTable<Row extends object, Item extends Stored> {
  readonly schema: EntitySchema;
  /** The column of the id that people see. */
  readonly refColumn: string;
  fromRow(row: Row): Item;
}

export interface CredentialRows<Item extends Stored> {
  /** The one with this value: by index, the same whether there is one or not [GW-12]. */
  findByValue(value: string): Promise<Item | null>;
  find(tokenRef: string): Promise<Item | null>;
  /** In the order of creation; of all users, or of one. */
  list(startAt: number, limit: number, userKey?: string): Promise<readonly Item[]>;
  count(userKey?: string): Promise<number>;
  /** False when it was gone already. */
  remove(manager: EntityManager, item: Item): Promise<boolean>;
  /** Adds what was let through; the last use is the last that was accepted. */
  recordUses(uses: readonly TokenUse[], manager: EntityManager): Promise<void>;
}

export type Select<Item> = (rest: string, parameters: readonly (string | number)[]) => Promise<readonly Item[]>;

/** Reads whole rows; `rest` is what stands behind the table's name. */
export function selectFrom<Row extends object, Item extends Stored>(host: KeptIn, table: CredentialTable<Row, Item>): Select<Item> {
  return async (rest, parameters) =>
    (await host.read<Row>(`SELECT * FROM ${table.schema.options.name}${rest}`, parameters)).map((row) => table.fromRow(row));
}

/** The rows behind the host's door to the database. */
export function credentialRows<Row extends object, Item extends Stored>(
  host: KeptIn,
  table: CredentialTable<Row, Item>,
): CredentialRows<Item> {
  const { schema, refColumn } = table;
  const select = selectFrom(host, table);
  const ofUser = (userKey: string | undefined): string => (userKey === undefined ? '' : ' WHERE user_key = ?');
  const bound = (userKey: string | undefined): readonly string[] => (userKey === undefined ? [] : [userKey]);
  return {
    async findByValue(value) {
      const digests = host.keys.digests('token', value).map(({ digest }) => digest);
      const [item] = await select(` WHERE digest IN (${digests.map(() => '?').join(', ')})`, digests);
      return item ?? null;
    },
    async find(tokenRef) {
      const [item] = await select(` WHERE ${refColumn} = ?`, [tokenRef]);
      // A database may compare without case.
      return item?.tokenRef === tokenRef ? item : null;
    },
    list: (startAt, limit, userKey) => select(`${ofUser(userKey)} ORDER BY id LIMIT ? OFFSET ?`, [...bound(userKey), limit, startAt]),
    async count(userKey) {
      const statement = `SELECT COUNT(*) AS total FROM ${schema.options.name}${ofUser(userKey)}`;
      const [row] = await host.read<{ total: number | string }>(statement, bound(userKey));
      return Number(row?.total ?? 0);
    },
    remove: async (manager, { id }) => (await manager.delete(schema, { id })).affected === 1,
    recordUses: (uses, manager) =>
      runForEach(
        manager,
        (builder) =>
          builder
            .createQueryBuilder()
            .update(schema)
            .set({
              use_count: () => 'use_count + :permitted',
              // Batches of several nodes come in any order.
              last_used_at: () => 'CASE WHEN last_used_at > :at THEN last_used_at ELSE :at END',
            })
            .setParameters({ permitted: each('permitted'), at: each('at') })
            .where({ [refColumn]: each('tokenRef') }),
        uses.map(({ tokenRef, permitted, lastUsedAt }) => ({ tokenRef, permitted, at: lastUsedAt })),
      ),
  };
}
