// The token systems Postern carries. Credentials are offered to them in this order.
import type { Plugin } from '../plugin-kit/contract.js';
import { cloudApiTokens } from './cloud-api-tokens/index.js';
import { extender } from './extender/index.js';
import { personalAccessTokensConfluence, personalAccessTokensJira } from './personal-access-tokens/index.js';
import { wombatsConfluence, wombatsJira } from './wombats/index.js';

export const plugins: readonly Plugin[] = [
  extender,
  wombatsJira,
  wombatsConfluence,
  personalAccessTokensJira,
  personalAccessTokensConfluence,
  cloudApiTokens,
];
