// The token systems Postern carries. Credentials are offered to them in this order.
import type { Plugin } from '../plugin-kit/contract.js';
import { extender } from './extender/index.js';

export const plugins: readonly Plugin[] = [extender];
