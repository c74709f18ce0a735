// The pieces that the raw statements on tokens are put together from: the vendor's names are in capitals and need quoting.
import type { PluginHost } from '../../plugin-kit/contract.js';
import { PERSONAL_TOKEN, type PersonalTokenRow } from './tables.js';

/** How many values a list in a statement has: one shape, so that it stays prepared. */
export const LIST_LENGTH = 100;

export interface Statements {
  /** `AO_81F455_PERSONAL_TOKEN t` with what Postern knows more as `p`. */
  readonly from: string;
  /** The table alone, as `t`. */
  readonly bare: string;
  /** The columns of `ReadRow`. */
  readonly columns: string;
  /** The last use as an expression: ours where there is one, else the vendor's column. */
  readonly lastUsed: string;
  /** A quoted column of the table. */
  readonly column: (name: keyof PersonalTokenRow) => string;
  /** Writes the last uses that wait into the vendor's column, and then takes note of it [PAT-52]. */
  readonly flush: readonly string[];
}

export function statementsFor(host: Pick<PluginHost, 'quote'>): Statements {
  const table = host.quote(PERSONAL_TOKEN);
  const column = (name: keyof PersonalTokenRow): string => `t.${host.quote(name)}`;
  const [tokenId, accessedAt] = [host.quote('TOKEN_ID'), host.quote('LAST_ACCESSED_AT')];
  const bare = `${table} t`;
  const lastUsed = `COALESCE(p.last_used_at, ${column('LAST_ACCESSED_AT')})`;
  const read = (['ID', 'USER_KEY', 'NAME', 'TOKEN_ID', 'HASHED_TOKEN', 'CREATED_AT', 'EXPIRING_AT'] as const).map(column);
  return {
    from: `${bare} LEFT JOIN postern_personal_token p ON p.token_id = ${column('TOKEN_ID')}`,
    bare,
    columns: [...read, `${lastUsed} AS last_used`, 'p.inherited', 'p.use_count'].join(', '),
    lastUsed,
    column,
    flush: [
      `UPDATE ${table} SET ${accessedAt} = (SELECT last_used_at FROM postern_personal_token WHERE token_id = ${table}.${tokenId})
       WHERE ${tokenId} IN (SELECT token_id FROM postern_personal_token WHERE awaits_flush = true)`,
      // Asked of each row anew: another node may have noted a later use in between.
      `UPDATE postern_personal_token SET awaits_flush = false WHERE awaits_flush = true AND
       last_used_at <= (SELECT ${accessedAt} FROM ${table} WHERE ${tokenId} = postern_personal_token.token_id)`,
    ],
  };
}
