// The table of Extender's tokens. The vendor's own table is nowhere described, so this one is ours.
import { count, digest, id, instant, key, nullable, type RowOf, table, text } from '../../plugin-kit/table.js';

const columns = {
  id: id(),
  /** 64 random bytes in base64: the `id` of the REST resource and the token's name everywhere else. */
  token_ref: key(88),
  /** Keyed digest of the value, and the key that made it. */
  digest: digest(),
  digest_key_id: key(64),
  /** The value, encrypted; null when it was made in secure mode [EXT-35]. */
  value_cipher: nullable(text()),
  author_key: key(),
  /** null: a token for anyone. */
  user_key: nullable(key()),
  /** The user's names when the token was made: shown once the user is gone [DIR-7]. '' for anyone. */
  user_name: key(),
  display_name: key(),
  label: key(),
  /** Rules joined with `<br>` [EXT-19]; '' unrestricted. */
  limit_to: text(),
  /** Addresses as they were given [EXT-40]; '' from anywhere. */
  ip: text(),
  /** JSON: the limits of the token it was made with, every bundle of which must hold too [GW-26]. */
  inherited: text(),
  created_at: instant(),
  /** null: never ends. */
  valid_until: nullable(instant()),
  /** Uses that were let through [EXT-45]. */
  counter: count(),
  last_used_at: nullable(instant()),
  last_used_ip: nullable(key(45)),
};

export type ExtenderTokenRow = RowOf<typeof columns>;

export const extenderTokenTable = table({
  name: 'extender_token',
  columns,
  indices: [
    { columns: ['token_ref'], isUnique: true },
    { columns: ['digest'], isUnique: true },
    { columns: ['created_at', 'id'] },
    { columns: ['user_key', 'created_at', 'id'] },
    { columns: ['author_key'] },
  ],
});
