// To whom the reason of a refusal is told: the holder of a token that is accepted now, and about nothing but that token [GW-23].
import type { CanonicalRequest, ErrorCode, Identity } from '../../../src/core/index.js';
import { problemOf } from '../../../src/gateway/problem.js';
import { compileSitePolicy } from '../../../src/policy/index.js';
import { grant, NOW, principal, view, withPassword, withToken } from '../../policy/samples.js';

const POLICY = compileSitePolicy(null, { passwords: 'forward', anonymous: 'forward' });
const request: CanonicalRequest = {
  ...view({ clientAddress: null }),
  id: '0',
  requestId: '0',
  target: '/rest/x',
  isPeerTrusted: false,
  expectsContinue: false,
  wantsWebSocket: false,
};
const codeTold = (identity: Identity, code: ErrorCode): unknown =>
  problemOf(request, identity, { effect: 'deny', code, rule: null, statement: null }, POLICY, { destination: 'upstream', now: NOW })?.json[
    'code'
  ];

it.each<[string, Identity, ErrorCode, boolean]>([
  ['a token outside its limits', withToken(), 'policy.limits', true],
  ['a token from an address that cannot be told', withToken(grant({ validUntil: NOW + 1 })), 'policy.address-unknown', true],
  ['the same that has ended', withToken(grant({ validUntil: NOW })), 'policy.address-unknown', false],
  ['the same of a user who is not active', withToken(grant(), principal({ isActive: false })), 'policy.address-unknown', false],
  ['a token that is refused', withToken(), 'authn.refused', false],
  ['a token on a path that is too long', withToken(), 'request.too-long', false],
  ['a password that the policy forbids', withPassword(), 'policy.site', false],
  ['too many wrong passwords', withPassword(), 'authn.denied', false],
  ['nobody', { kind: 'anonymous', because: 'no-credential', credentialDigest: null }, 'policy.address-unknown', false],
  [
    'a wrong token',
    { kind: 'unaccepted', fault: 'unknown', scheme: 'basic', tokenRef: null, system: null, credentialDigest: null },
    'policy.address-unknown',
    false,
  ],
])('%s: %#', (_name, identity, code, isTold) => {
  expect(codeTold(identity, code)).toBe(isTold ? code : undefined);
});
