// How many tokens there are, kept: counting a hundred thousand for each page of a list takes longer than the page.
import { count, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_token_total`. */
export const posternTokenTotalTable = table({
  name: 'postern_token_total',
  columns: {
    /** A system's key, or `*` for all of them. */
    scope: primary(key(100)),
    total: count(),
  },
});
