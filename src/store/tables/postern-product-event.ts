// What the products’ own audit logs show of the trail. Positions have no gaps, so that a page and a total are found without counting [AUD-20, AUD-21].
import { count, instant, key, nullable, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_product_event`. */
export const posternProductEventTable = table({
  name: 'postern_product_event',
  columns: {
    product: primary(key(20)),
    /** Counts from 1 within a product, in the order in which events became visible. */
    position: primary(count()),
    record_id: key(36),
    /** Never before that of the position before: what a connector has read up to a time, it has read whole. */
    logged_at: instant(),
    /** This and the next three begin with the product: a filter then has one index, and no planner takes another. */
    author: key(280),
    category: key(130),
    action: key(130),
    /** `type,id`; null: nothing. */
    affected: nullable(key(280)),
  },
  indices: [
    { columns: ['product', 'logged_at', 'position'] },
    { columns: ['author', 'position'] },
    { columns: ['category', 'position'] },
    { columns: ['action', 'position'] },
    { columns: ['affected', 'position'] },
    { columns: ['record_id'] },
  ],
});
