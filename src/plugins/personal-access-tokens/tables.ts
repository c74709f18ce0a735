// The vendor's table with its names and types [DIR-1, DIR-2], and beside it what Postern knows more of a token.
import { count, flag, id, key, nullable, primary, type RowOf, table, text, vendorTimestamp } from '../../plugin-kit/table.js';

/** The vendor's table, which published reports read. */
export const PERSONAL_TOKEN = 'AO_81F455_PERSONAL_TOKEN';

const columns = {
  ID: id(),
  USER_KEY: key(),
  NAME: key(),
  /** Twelve digits, the readable part of the token; no secret [PAT-1]. */
  TOKEN_ID: key(),
  /** `{PKCS5S2}…` [PAT-2]. */
  HASHED_TOKEN: key(),
  CREATED_AT: vendorTimestamp(),
  /** 9999-12-31 for never. */
  EXPIRING_AT: vendorTimestamp(),
  /** As of the last flush [PAT-52]. */
  LAST_ACCESSED_AT: nullable(vendorTimestamp()),
  NOTIFICATION_STATE: key(),
};

export type PersonalTokenRow = RowOf<typeof columns>;

export const personalTokenTable = table({
  name: PERSONAL_TOKEN,
  columns,
  // The first is the vendor's. The others are for lists: each holds the user's key, so that a page is found in it alone.
  indices: [
    { columns: ['TOKEN_ID', 'EXPIRING_AT'] },
    { columns: ['USER_KEY', 'ID'] },
    { columns: ['NAME', 'ID', 'USER_KEY'] },
    { columns: ['CREATED_AT', 'ID', 'USER_KEY'] },
    { columns: ['EXPIRING_AT', 'ID', 'USER_KEY'] },
  ],
});

/** A row for each token that Postern made or saw used; a token that was brought in from a real instance may have none. */
export const posternPersonalTokenTable = table({
  name: 'postern_personal_token',
  columns: {
    token_id: primary(key(12)),
    /** JSON: the limits of the token it was made with, every bundle of which must hold [GW-26]. */
    inherited: text(),
    use_count: count(),
    /** The last use, not behind as the vendor's column is. */
    last_used_at: nullable(vendorTimestamp()),
    /** Set until the vendor's column has the last use too. */
    awaits_flush: flag(),
  },
  indices: [{ columns: ['awaits_flush'] }],
});
