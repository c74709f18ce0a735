// Which guarantees each token system is held to, on whichever database; what one cannot keep, with the reason.
import { TOKEN_KINDS, type TokenKind } from '../support/samples.js';
import { ends } from './ends.js';
import type { PluginSuite } from './plugin-suite.js';
import { recognition } from './recognition.js';
import { secrets } from './secrets.js';

type Skipped = NonNullable<PluginSuite['skip']>;

function kinds(system: string, count: number): readonly TokenKind[] {
  const found = TOKEN_KINDS[system] ?? [];
  if (found.length !== count) throw new Error(`${system} has ${found.length} samples in place of ${count}`);
  return found;
}

/** In secure mode to all of it; outside it, in Bearer and without a user, to where they differ. */
function extenderSuites(): readonly PluginSuite[] {
  const [plain, inBearer, forAnyone] = kinds('extender', 3) as [TokenKind, TokenKind, TokenKind];
  const nothingDisables = {
    test: 'rejects every token as its own while the kind is switched off',
    reason: 'nothing switches off the tokens that have a user [EXT-5]',
  };
  const hasNoUser = 'such a token has no user: whoever presents it names himself [EXT-4]';
  const showsValue = 'outside secure mode tokenTools/get shows the value, as the vendor does [EXT-35]';
  return [
    { samples: plain, skip: [nothingDisables] },
    {
      samples: { ...plain, name: 'Extender, outside secure mode', options: { settings: { 'extender.secureMode': false } } },
      guarantees: secrets,
      skip: [{ test: 'never shows the value again: no list holds it', reason: showsValue }],
    },
    { samples: inBearer, guarantees: [...recognition, ...ends], skip: [nothingDisables] },
    {
      samples: forAnyone,
      guarantees: [...recognition, ...ends],
      skip: [
        { test: 'stops at once when the owner is deactivated, and works again when he is back', reason: hasNoUser },
        { test: 'rejects the token of a deleted owner as its own, also when somebody of his name comes', reason: hasNoUser },
      ],
    },
  ];
}

function personalSuites(system: string): readonly PluginSuite[] {
  const hasNone = 'the vendor’s API gives a token no limits; it takes them over from the token that made it: pairs.test.ts [GW-26]';
  const skip: Skipped = [
    {
      test: 'rejects every token as its own while the kind is switched off',
      reason: 'switched off, a token is not looked at at all [PAT-15]',
    },
    { test: 'holds a token to its methods, paths and addresses, looked up and remembered', reason: hasNone },
    { test: 'says in the lists of the host which tokens are restricted', reason: hasNone },
    { test: 'stores nothing when a rule or an address cannot be read', reason: hasNone },
    { test: 'hands its limits on to a token that is made with it, whatever that one asks for', reason: hasNone },
  ];
  return kinds(system, 1).map((samples) => ({ samples, skip }));
}

function cloudSuites(): readonly PluginSuite[] {
  const [tokens, keys] = kinds('cloud-api-tokens', 2) as [TokenKind, TokenKind];
  const makesNone = 'the control plane takes passwords alone: no token makes another there [GW-26]';
  const skip: Skipped = [
    { test: 'rejects every token as its own while the kind is switched off', reason: 'nothing switches this kind off' },
    { test: 'hands its limits on to a token that is made with it, whatever that one asks for', reason: makesNone },
    { test: 'makes no token with a token where the site says so: 403, nothing stored', reason: makesNone },
  ];
  const hasNone = 'an organization key is restricted by scopes alone [CLD-3]';
  return [
    { samples: tokens, skip },
    {
      samples: keys,
      skip: [
        ...skip,
        { test: 'holds a token to its methods, paths and addresses, looked up and remembered', reason: hasNone },
        { test: 'says in the lists of the host which tokens are restricted', reason: hasNone },
        { test: 'stores nothing when a rule or an address cannot be read', reason: hasNone },
      ],
    },
  ];
}

/** By the system’s key. */
export const SUITES = {
  extender: extenderSuites(),
  'wombats-jira': kinds('wombats-jira', 1).map((samples) => ({ samples })),
  'wombats-confluence': kinds('wombats-confluence', 1).map((samples) => ({ samples })),
  'personal-access-tokens-jira': personalSuites('personal-access-tokens-jira'),
  'personal-access-tokens-confluence': personalSuites('personal-access-tokens-confluence'),
  'cloud-api-tokens': cloudSuites(),
} as const satisfies Readonly<Record<string, readonly PluginSuite[]>>;
