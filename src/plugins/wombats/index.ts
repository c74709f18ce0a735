// Wombats "API Tokens": one product, installed in Jira and in Confluence with a table of its own in each. A token of the one never
// works in the other.
import type { Plugin } from '../../plugin-kit/contract.js';
import { createAdministration } from './administration.js';
import { createAuthenticator } from './authenticator.js';
import { blockPasswordBasicSetting, wombatsManifest } from './manifest.js';
import { CONFLUENCE_PROFILE, JIRA_PROFILE, type WombatsProfile } from './profile.js';
import { createRestModule } from './rest.js';
import { openTokens } from './tokens.js';

function wombats(profile: WombatsProfile): Plugin {
  return {
    manifest: wombatsManifest(profile),
    async activate(host) {
      const desk = { host, profile, tokens: openTokens(host, profile) };
      const blocksPasswords = host.setting(blockPasswordBasicSetting(profile));
      return {
        authenticators: [createAuthenticator(host, profile, desk.tokens)],
        restModules: [createRestModule(desk)],
        tokens: createAdministration(desk),
        jobs: [],
        refusesPasswords: ({ product }) => blocksPasswords && product === profile.product,
      };
    },
  };
}

export const wombatsJira: Plugin = wombats(JIRA_PROFILE);
export const wombatsConfluence: Plugin = wombats(CONFLUENCE_PROFILE);
