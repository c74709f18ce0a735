// Makes tokens for the pages: the order in the words of `tokenTools/set`, read as strictly.
import { LIMITS, Secret } from '../../core/index.js';
import type { PluginHost, TokenIssuing } from '../../plugin-kit/contract.js';
import { carryOut, draftToken } from './issue.js';
import { authSetting, secureModeSetting, tokenLengthMinSetting } from './manifest.js';
import { LABEL_LENGTH_MAX, readTokenRequest } from './token-request.js';
import type { TokenStore } from './tokens.js';

export function createIssuing(host: PluginHost, tokens: TokenStore): TokenIssuing {
  return {
    terms: () => ({
      labelLengthMax: LABEL_LENGTH_MAX,
      daysMax: LIMITS.tokenDaysMax,
      daysDefault: 90,
      mayBeEternal: true,
      mayBeLimited: true,
    }),
    async issue({ owner, actor, clientAddress, label, expiresInDays, limitTo, ip }) {
      const request = readTokenRequest({ label, daysUntilExpiry: expiresInDays, limitTo, ip }, host.setting(tokenLengthMinSetting));
      const draft = draftToken(host, { principal: actor, grant: null }, owner, request, !host.setting(secureModeSetting));
      await carryOut(host, tokens, draft, [], { actor, clientAddress });
      const sentAs =
        host.setting(authSetting) === 'bearer' ? ({ scheme: 'bearer' } as const) : ({ scheme: 'basic', username: owner.username } as const);
      return { tokenRef: draft.token.tokenRef, value: new Secret(draft.value), sentAs };
    },
  };
}
