// What the parts of one installation share.
import type { PluginHost } from '../../plugin-kit/contract.js';
import type { Hashes } from './hashes.js';
import type { PatProfile } from './profile.js';
import type { TokenStore } from './tokens.js';

/** One installation at work. */
export interface Desk {
  readonly host: PluginHost;
  readonly profile: PatProfile;
  readonly tokens: TokenStore;
  readonly hashes: Hashes;
}
