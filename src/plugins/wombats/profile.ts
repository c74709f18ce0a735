// One product installed twice: what tells the two installations apart [WOM].
import type { UpstreamProduct } from '../../core/index.js';

export interface WombatsProfile {
  readonly product: UpstreamProduct;
  /** The plugin's key: stands in the audit trail and in the list of all tokens; never renamed. */
  readonly system: string;
  readonly name: string;
  /** The vendor's table. */
  readonly tableName: string;
}

export const JIRA_PROFILE: WombatsProfile = {
  product: 'jira',
  system: 'wombats-jira',
  name: 'API Tokens for Jira',
  tableName: 'AO_5D4005_TOKEN',
};

export const CONFLUENCE_PROFILE: WombatsProfile = {
  product: 'confluence',
  system: 'wombats-confluence',
  name: 'API Tokens for Confluence',
  tableName: 'AO_2DF51C_TOKEN',
};
