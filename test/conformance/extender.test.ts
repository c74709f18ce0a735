// Extender's tokens, held to the contract: in secure mode to all of it; outside it, in Bearer and without a user, to where they differ.
import { TOKEN_KINDS } from '../support/samples.js';
import { ends } from './ends.js';
import { runPluginSuite } from './plugin-suite.js';
import { recognition } from './recognition.js';
import { secrets } from './secrets.js';

const [plain, inBearer, forAnyone] = TOKEN_KINDS['extender'] ?? [];
if (plain === undefined || inBearer === undefined || forAnyone === undefined) throw new Error('Extender has no samples');

const nothingDisables = {
  test: 'rejects every token as its own while the kind is switched off',
  reason: 'nothing switches off the tokens that have a user [EXT-5]',
};
const hasNoUser = 'such a token has no user: whoever presents it names himself [EXT-4]';

runPluginSuite({ samples: plain, skip: [nothingDisables] });

runPluginSuite({
  samples: { ...plain, name: 'Extender, outside secure mode', options: { settings: { 'extender.secureMode': false } } },
  guarantees: secrets,
  skip: [
    {
      test: 'never shows the value again: no list holds it',
      reason: 'outside secure mode tokenTools/get shows the value, as the vendor does [EXT-35]',
    },
  ],
});

runPluginSuite({ samples: inBearer, guarantees: [...recognition, ...ends], skip: [nothingDisables] });

runPluginSuite({
  samples: forAnyone,
  guarantees: [...recognition, ...ends],
  skip: [
    { test: 'stops at once when the owner is deactivated, and works again when he is back', reason: hasNoUser },
    { test: 'rejects the token of a deleted owner as its own, also when somebody of his name comes', reason: hasNoUser },
  ],
});
