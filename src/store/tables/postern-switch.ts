// Site switches that are changed while running.
import { flag, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_switch`. */
export const posternSwitchTable = table({
  name: 'postern_switch',
  columns: {
    switch_name: primary(key(100)),
    is_on: flag(),
  },
});
