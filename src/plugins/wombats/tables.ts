// The tokens' table, under the vendor's name for each product. The vendor documents the name alone; the columns are ours.
import { count, digest, id, instant, key, nullable, type RowOf, table, text } from '../../plugin-kit/table.js';

const columns = {
  /** The administrators' integer id [WOM-14]. */
  ID: id(),
  /** `asp_` and 16 characters: the id that users and logs see. */
  TOKEN_ID: key(20),
  USER_KEY: key(),
  /** The user's name when the token was made: shown once the user is gone [DIR-7]. */
  USERNAME: key(),
  LABEL: key(),
  /** 16 random bytes in hex. */
  SALT: key(32),
  /** SHA-256 of salt and value, hex [WOM-3]. */
  HASH: digest(),
  /** Keyed digest of the value, to find the row by: the cost of a look-up does not grow with the tokens of a user. */
  DIGEST: digest(),
  CREATED_AT: instant(),
  LAST_ACCESSED: nullable(instant()),
  EXPIRATION_DATE: nullable(instant()),
  USAGE_COUNT: count(),
  /** JSON: its own limits and those of the tokens it descends from [WOM-17, GW-26]. */
  LIMITS: text(),
};

export type WombatsTokenRow = RowOf<typeof columns>;

/** The table of one installation. */
export function wombatsTokenTable(tableName: string) {
  return table({
    name: tableName,
    columns,
    indices: [
      { columns: ['TOKEN_ID'], isUnique: true },
      { columns: ['DIGEST'], isUnique: true },
      { columns: ['USER_KEY', 'CREATED_AT', 'ID'] },
    ],
  });
}
