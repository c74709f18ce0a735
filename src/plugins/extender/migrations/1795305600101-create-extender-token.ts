// The first shape of the table. Frozen: a later change is a migration of its own.
import { tableMigration } from '../../../plugin-kit/migration.js';
import { count, digest, id, instant, key, nullable, text } from '../../../plugin-kit/table.js';

export const CreateExtenderToken1795305600101 = tableMigration('CreateExtenderToken1795305600101', {
  name: 'extender_token',
  columns: {
    id: id(),
    token_ref: key(88),
    digest: digest(),
    digest_key_id: key(64),
    value_cipher: nullable(text()),
    author_key: key(),
    user_key: nullable(key()),
    user_name: key(),
    display_name: key(),
    label: key(),
    limit_to: text(),
    ip: text(),
    inherited: text(),
    created_at: instant(),
    valid_until: nullable(instant()),
    counter: count(),
    last_used_at: nullable(instant()),
    last_used_ip: nullable(key(45)),
  },
  indices: [
    { columns: ['token_ref'], isUnique: true },
    { columns: ['digest'], isUnique: true },
    { columns: ['created_at', 'id'] },
    { columns: ['user_key', 'created_at', 'id'] },
    { columns: ['author_key'] },
  ],
});
