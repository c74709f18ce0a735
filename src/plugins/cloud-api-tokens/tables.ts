// Two tables of our own: the vendor documents none. Timestamps are epoch milliseconds; values are there as keyed digests alone [GW-13].
import { count, digest, id, instant, key, nullable, type RowOf, table, text } from '../../plugin-kit/table.js';

const tokenColumns = {
  id: id(),
  /** The id that users, administrators and the trail see [CLD-1]. */
  token_id: key(20),
  /** The owner's key in Jira. */
  user_key: key(),
  account_id: key(128),
  /** The owner's name when the token was made: shown once the user is gone [DIR-7]. */
  username: key(),
  label: key(),
  /** The label and the owner's name as they are searched; folding may double a letter. */
  lower_label: nullable(key(510)),
  lower_username: nullable(key(510)),
  digest: digest(),
  created_at: instant(),
  expires_at: instant(),
  last_used_at: nullable(instant()),
  use_count: count(),
  /** JSON: a list of limits, of which all must hold. */
  limits: text(),
};

/** The API tokens of users [CLD-9]. */
export const apiTokenTable = table({
  name: 'cloud_api_token',
  columns: tokenColumns,
  indices: [
    { columns: ['token_id'], isUnique: true },
    { columns: ['digest'], isUnique: true },
    { columns: ['account_id', 'created_at', 'id'] },
    { columns: ['user_key', 'id'] },
    { columns: ['created_at', 'id'] },
  ],
});

export type ApiTokenRow = RowOf<typeof tokenColumns>;

const keyColumns = {
  id: id(),
  /** `key-` and 16 characters: the id that administrators and the trail see. */
  key_id: key(20),
  /** The key in Jira of the administrator who made it, and for whom it stands. */
  user_key: key(),
  username: key(),
  label: key(),
  digest: digest(),
  created_at: instant(),
  expires_at: nullable(instant()),
  last_used_at: nullable(instant()),
  use_count: count(),
  /** JSON: a list of names; empty for a key made without scopes [CLD-3]. */
  scopes: text(),
};

/** The organization's keys [CLD-3]. */
export const organizationKeyTable = table({
  name: 'cloud_organization_key',
  columns: keyColumns,
  indices: [{ columns: ['key_id'], isUnique: true }, { columns: ['digest'], isUnique: true }, { columns: ['user_key', 'id'] }],
});

export type OrganizationKeyRow = RowOf<typeof keyColumns>;
