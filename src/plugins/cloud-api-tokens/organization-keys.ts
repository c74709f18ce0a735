// The organization's keys in the database.
import type { EntityManager, EntitySchema } from 'typeorm';
import { type CredentialRows, credentialRows, type CredentialTable, type KeptIn } from './credential-rows.js';
import { fromKeyRow, type OrganizationKey } from './key-row.js';
import { type OrganizationKeyRow, organizationKeyTable } from './tables.js';
import type { Read } from './token-row.js';

export interface KeyStore extends CredentialRows<OrganizationKey> {
  insert(manager: EntityManager, key: Omit<OrganizationKey, 'id'>, value: string): Promise<void>;
}

const TABLE: CredentialTable<Read<OrganizationKeyRow>, OrganizationKey> = {
  schema: organizationKeyTable as EntitySchema,
  refColumn: 'key_id',
  fromRow: fromKeyRow,
};

export function openKeys(host: KeptIn): KeyStore {
  return {
    ...credentialRows(host, TABLE),
    async insert(manager, key, value) {
      await manager.insert(organizationKeyTable, {
        key_id: key.tokenRef,
        user_key: key.userKey,
        username: key.username,
        label: key.label,
        digest: host.keys.digest('token', value).digest,
        created_at: key.createdAt,
        expires_at: key.expiresAt,
        last_used_at: key.lastUsedAt,
        use_count: key.useCount,
        scopes: JSON.stringify(key.scopes),
      });
    },
  };
}
