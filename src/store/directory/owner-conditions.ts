// Conditions on the users whose keys stand in a plugin's column. The plugin's own statement holds them, so that the database joins what it
// would otherwise have to be asked row by row, and no plugin knows the tables of users.
import type { OwnerConditions } from '../../plugin-kit/contract.js';
import { foldText } from '../../plugin-kit/fold-text.js';
import { containsPattern } from '../../plugin-kit/like-pattern.js';
import { foldName } from './fold-name.js';

/** See `OwnerConditions`. Each user's folded name and address are read once, however many tokens there are. */
export const ownerConditions: OwnerConditions = {
  contains: (column, text) => ({
    sql: `${column} IN (SELECT m.user_key FROM cwd_user u JOIN user_mapping m ON m.lower_username = u.lower_user_name
      WHERE u.lower_display_name LIKE ? ESCAPE '!' OR u.lower_email_address LIKE ? ESCAPE '!')`,
    values: [containsPattern(foldText(text)), containsPattern(foldName(text))],
  }),
  isGone: (column) => ({ sql: `NOT EXISTS (SELECT 1 FROM user_mapping m WHERE m.user_key = ${column})`, values: [] }),
};
