// What the parts of the system share: the host, its two tables, and the counts of calls.
import type { Act, PluginHost } from '../../plugin-kit/contract.js';
import type { Caller, RestCall } from '../../plugin-kit/rest.js';
import type { CallRates } from './call-rates.js';
import type { KeyStore } from './organization-keys.js';
import type { TokenStore } from './tokens.js';

export interface Desk {
  readonly host: PluginHost;
  readonly tokens: TokenStore;
  readonly keys: KeyStore;
  readonly rates: CallRates;
}

/** Who acts, and from where. */
export type By = Pick<Act, 'actor' | 'clientAddress'>;

export function actedBy(caller: Caller, call: RestCall): By {
  return { actor: caller.principal, clientAddress: call.request.clientAddress };
}
