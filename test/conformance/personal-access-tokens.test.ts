// Personal access tokens of both installations, held to the contract.
import { TOKEN_KINDS } from '../support/samples.js';
import { runPluginSuite } from './plugin-suite.js';

const hasNone = 'the vendor’s API gives a token no limits; it takes them over from the token that made it: pairs.test.ts [GW-26]';

for (const key of ['personal-access-tokens-jira', 'personal-access-tokens-confluence']) {
  for (const samples of TOKEN_KINDS[key] ?? []) {
    runPluginSuite({
      samples,
      skip: [
        {
          test: 'rejects every token as its own while the kind is switched off',
          reason: 'switched off, a token is not looked at at all [PAT-15]',
        },
        { test: 'holds a token to its methods, paths and addresses, looked up and remembered', reason: hasNone },
        { test: 'says in the lists of the host which tokens are restricted', reason: hasNone },
        { test: 'stores nothing when a rule or an address cannot be read', reason: hasNone },
        { test: 'hands its limits on to a token that is made with it, whatever that one asks for', reason: hasNone },
      ],
    });
  }
}
