// Makes tokens for the pages [CLD-9]: the order as `POST /api/v1/cloud-api-tokens` takes it, read as strictly.
import { Secret } from '../../core/index.js';
import type { TokenIssuing } from '../../plugin-kit/contract.js';
import type { Desk } from './desk.js';
import { issueToken } from './issue-token.js';
import { DAYS_MAX, LABEL_LENGTH_MAX, readTokenRequest } from './requests.js';

export function createIssuing(desk: Desk): TokenIssuing {
  return {
    terms: () => ({ labelLengthMax: LABEL_LENGTH_MAX, daysMax: DAYS_MAX, daysDefault: DAYS_MAX, mayBeEternal: false, mayBeLimited: true }),
    async issue({ owner, actor, clientAddress, label, expiresInDays, limitTo, ip }) {
      const request = readTokenRequest({ label, expiresInDays, limitTo, ip }, desk.host.clock.now());
      const { token, value } = await issueToken(desk, owner, request, { actor, clientAddress });
      return { tokenRef: token.tokenRef, value: new Secret(value), sentAs: { scheme: 'basic', username: owner.emailAddress } };
    },
  };
}
