// The cloud's API tokens and organization keys, held to the contract.
import { TOKEN_KINDS } from '../support/samples.js';
import { runPluginSuite } from './plugin-suite.js';

const [tokens, keys] = TOKEN_KINDS['cloud-api-tokens'] ?? [];
if (tokens === undefined || keys === undefined) throw new Error('the cloud has no samples');

const makesNone = 'the control plane takes passwords alone: no token makes another there [GW-26]';
const nothingDisables = { test: 'rejects every token as its own while the kind is switched off', reason: 'nothing switches this kind off' };
const skip = [
  nothingDisables,
  { test: 'hands its limits on to a token that is made with it, whatever that one asks for', reason: makesNone },
  { test: 'makes no token with a token where the site says so: 403, nothing stored', reason: makesNone },
];
const hasNone = 'an organization key is restricted by scopes alone [CLD-3]';

runPluginSuite({ samples: tokens, skip });

runPluginSuite({
  samples: keys,
  skip: [
    ...skip,
    { test: 'holds a token to its methods, paths and addresses, looked up and remembered', reason: hasNone },
    { test: 'says in the lists of the host which tokens are restricted', reason: hasNone },
    { test: 'stores nothing when a rule or an address cannot be read', reason: hasNone },
  ],
});
