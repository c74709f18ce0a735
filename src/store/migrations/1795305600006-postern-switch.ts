// Makes `postern_switch`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { flag, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_switch`. */
export const createPosternSwitch1795305600006 = tableMigration('CreatePosternSwitch1795305600006', {
  name: 'postern_switch',
  columns: {
    switch_name: primary(key(100)),
    is_on: flag(),
  },
});
