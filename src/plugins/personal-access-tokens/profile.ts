// One system installed twice over one table: what tells the two installations apart. The product of a token follows from its USER_KEY [DIR-3].
import type { UpstreamProduct } from '../../core/index.js';

export interface PatProfile {
  readonly product: UpstreamProduct;
  /** The plugin's key: stands in the audit trail and in the list of all tokens; never renamed. */
  readonly system: string;
  readonly name: string;
  /** The product as people call it, for mails. */
  readonly productName: string;
}

export const JIRA_PROFILE: PatProfile = {
  product: 'jira',
  system: 'personal-access-tokens-jira',
  name: 'Personal access tokens for Jira',
  productName: 'Jira',
};

export const CONFLUENCE_PROFILE: PatProfile = {
  product: 'confluence',
  system: 'personal-access-tokens-confluence',
  name: 'Personal access tokens for Confluence',
  productName: 'Confluence',
};

/** Confluence's user keys are 32 hex digits, Jira's are shorter. Asked for lists alone: who is let in, the directory's own key decides. */
const CONFLUENCE_KEY_LENGTH = 32;

/** Which installation a token of this user belongs to, also when there is no such user any more. */
export function profileOf(userKey: string): PatProfile {
  return userKey.length === CONFLUENCE_KEY_LENGTH ? CONFLUENCE_PROFILE : JIRA_PROFILE;
}

/** The same as a condition in SQL, on a quoted column. */
export function isOfProduct(column: string, product: UpstreamProduct): string {
  return `LENGTH(${column}) ${product === 'confluence' ? '=' : '<>'} ${CONFLUENCE_KEY_LENGTH}`;
}
