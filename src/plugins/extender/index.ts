// Extender's `tokenTools`: tokens that are restricted to methods, URLs and addresses.
import type { Plugin } from '../../plugin-kit/contract.js';
import { createAdministration } from './administration.js';
import { createAuthenticators } from './authenticator.js';
import { addAuditRecordSetting, collectUsageDetailsSetting, manifest, secureModeSetting } from './manifest.js';
import { createRestModule } from './rest.js';
import { openTokens } from './tokens.js';

/** The Extender token system, in Jira. */
export const extender: Plugin = {
  manifest,
  async activate(host) {
    const tokens = openTokens(host);
    // Secure mode means that no readable value is kept, those from before it was switched on included [EXT-35].
    if (host.setting(secureModeSetting)) await tokens.dropValues();
    return {
      authenticators: createAuthenticators(host, tokens),
      restModules: [createRestModule(host, tokens)],
      tokens: createAdministration(host, tokens),
      jobs: [],
      marks: () => ({
        inProductLog: host.switches.get(addAuditRecordSetting.name, true),
        inUsageDetails: host.switches.get(collectUsageDetailsSetting.name, true),
      }),
    };
  },
};
