// The decision: what a token's rules and addresses mean, what a site's policy permits, and the two put together. Pure: no clock, no I/O.
export { AddressError, parseAddressList, plainAddress, tooWide } from './address.js';
export { clientAddress, type Origin, trustedChain } from './client-address.js';
export { decide, type Judged, needsJudgedBody, type Occasion } from './decide.js';
export { type Explanation, explainDecision, type LimitsTrace, type StatementTrace } from './explain.js';
export { compileLimitTo, compileOnce, compileStoredLimitTo } from './limit-to.js';
export { lintAddresses, lintRules, type Warning } from './lint.js';
export { narrowestRule } from './narrowest-rule.js';
export { RuleError } from './rule-error.js';
export type { RuleOptions } from './rule-list.js';
export {
  type Authenticated,
  compileSitePolicy,
  type SitePolicy,
  type Statement,
  StatementError,
  type StatementText,
} from './site-policy.js';
