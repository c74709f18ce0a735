// Each user's own credential for a product, for identity mode `per-user` [GW-42]. Readable only with the site's keys, and only in its place.
import { type Clock, Secret, type SiteKeys, type UpstreamProduct } from '../core/index.js';
import type { Store } from './contract.js';
import { posternUpstreamCredentialTable } from './tables/postern-upstream-credential.js';

export interface UpstreamCredentials {
  /** Stores or replaces. */
  set(userId: number, product: UpstreamProduct, credential: Secret): Promise<void>;
  /** null when none is stored. Throws when it cannot be decrypted: it is never taken for none. */
  get(userId: number, product: UpstreamProduct): Promise<Secret | null>;
  /** Resolves to false when there was none. */
  delete(userId: number, product: UpstreamProduct): Promise<boolean>;
}

/** The credentials on a migrated store. A deleted user's go with the user (user-changes.ts). */
export function upstreamCredentials(options: { store: Store; keys: SiteKeys; clock: Clock }): UpstreamCredentials {
  const { store, keys, clock } = options;
  return {
    async set(userId, product, credential) {
      const cipher_text = keys.encrypt('upstream-credential', credential.reveal(), place(userId, product));
      const row = { user_id: userId, product, cipher_text, updated_at: clock.now() };
      await store.transaction((manager) => manager.upsert(posternUpstreamCredentialTable, row, ['user_id', 'product']));
    },

    async get(userId, product) {
      const [row] = await store.read<{ cipher_text: string }>(
        'SELECT cipher_text FROM postern_upstream_credential WHERE user_id = ? AND product = ?',
        [userId, product],
      );
      return row === undefined ? null : new Secret(keys.decrypt('upstream-credential', row.cipher_text, place(userId, product)));
    },

    async delete(userId, product) {
      const result = await store.transaction((manager) => manager.delete(posternUpstreamCredentialTable, { user_id: userId, product }));
      return (result.affected ?? 0) > 0;
    },
  };
}

/** Bound into the cipher text, so that a row copied to another user or product does not decrypt. */
function place(userId: number, product: UpstreamProduct): string {
  return `${userId}/${product}`;
}
