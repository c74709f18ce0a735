// Makes tokens for the pages: the order in the words of `POST /tokens`, read as strictly. The vendor's tokens know no rules and no addresses.
import { Secret } from '../../core/index.js';
import type { TokenIssuing } from '../../plugin-kit/contract.js';
import { RestFault } from '../../plugin-kit/rest.js';
import type { Desk } from './desk.js';
import { issueToken } from './issue.js';
import { PROPERTIES } from './properties.js';
import { readTokenRequest } from './token-request.js';

export function createIssuing(desk: Desk): TokenIssuing {
  const { host, profile, tokens } = desk;
  return {
    terms() {
      const daysMax = host.setting(PROPERTIES.maxExpiryDays);
      return {
        labelLengthMax: host.setting(PROPERTIES.nameLength),
        daysMax,
        // What Jira's own page begins with.
        daysDefault: Math.min(90, daysMax),
        mayBeEternal: host.setting(PROPERTIES.eternalTokens),
        mayBeLimited: false,
      };
    },
    async issue({ owner, actor, clientAddress, label, expiresInDays, limitTo, ip }) {
      if (limitTo !== null || ip !== null) throw new RestFault(400, 'Personal access tokens cannot be limited to rules or addresses.');
      const userKey = owner.userKeys[profile.product];
      const request = await readTokenRequest(host, { name: label, expirationDuration: expiresInDays }, () => tokens.countOf(userKey));
      const { token, rawToken } = await issueToken(desk, { principal: owner, grant: null }, request, { actor, clientAddress });
      return { tokenRef: token.tokenRef, value: new Secret(rawToken), sentAs: { scheme: 'bearer' } };
    },
  };
}
