// Makes tokens for the pages: the order in the words of the vendor's own request, read as strictly.
import { DAY_MS, LIMITS, Secret } from '../../core/index.js';
import type { TokenIssuing } from '../../plugin-kit/contract.js';
import { type Desk, issueToken } from './issue.js';
import { LABEL_LENGTH_MAX, readTokenRequest } from './token-request.js';

export function createIssuing(desk: Desk): TokenIssuing {
  return {
    terms: () => ({
      labelLengthMax: LABEL_LENGTH_MAX,
      daysMax: LIMITS.tokenDaysMax,
      daysDefault: 90,
      mayBeEternal: true,
      mayBeLimited: true,
    }),
    async issue({ owner, actor, clientAddress, label, expiresInDays, limitTo, ip }) {
      const now = desk.host.clock.now();
      const expirationDate = expiresInDays === null ? null : now + expiresInDays * DAY_MS;
      const request = readTokenRequest({ label, expirationDate, limitTo, ip }, now);
      const { tokenRef, value } = await issueToken(desk, { principal: owner, grant: null }, request, { actor, clientAddress });
      return { tokenRef, value: new Secret(value), sentAs: { scheme: 'basic', username: owner.username } };
    },
  };
}
