// The cloud's API tokens, the organization keys that administer them, and the resources where they do, on Postern's own origin.
import type { Plugin } from '../../plugin-kit/contract.js';
import { createAccountModule } from './account-rest.js';
import { createAdministration } from './administration.js';
import { createApiRoutes } from './api-routes.js';
import { createAuthenticators } from './authenticators.js';
import { createCallRates } from './call-rates.js';
import type { Desk } from './desk.js';
import { manifest } from './manifest.js';
import { createOrganizationModule } from './organization-rest.js';
import { openKeys } from './organization-keys.js';
import { openTokens } from './tokens.js';

export const cloudApiTokens: Plugin = {
  manifest,
  async activate(host) {
    const desk: Desk = { host, tokens: openTokens(host), keys: openKeys(host), rates: createCallRates(host.clock) };
    return {
      authenticators: createAuthenticators(desk),
      restModules: [createAccountModule(desk), createOrganizationModule(desk)],
      apiRoutes: createApiRoutes(desk),
      tokens: createAdministration(desk),
      jobs: [],
      // An organization key and no other credential [CLD-2].
      refusesPasswords: ({ product }) => product === 'cloud',
    };
  },
};
