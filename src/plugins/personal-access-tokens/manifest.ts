// What an installation of personal access tokens is, as data. Both share one table and one set of properties, which Jira's declares.
import type { PluginManifest, ProductLogWords } from '../../plugin-kit/contract.js';
import { CreatePersonalToken1795305600301 } from './migrations/1795305600301-create-personal-token.js';
import { CreatePosternPersonalToken1795305600302 } from './migrations/1795305600302-create-postern-personal-token.js';
import { CONFLUENCE_PROFILE, JIRA_PROFILE, type PatProfile } from './profile.js';
import { PROPERTIES } from './properties.js';
import { personalTokenTable, posternPersonalTokenTable } from './tables.js';

const settings = Object.values(PROPERTIES);

/** As the product writes them [PAT-60, AUD-20]. */
const PRODUCT_LOG: ProductLogWords = {
  category: { i18nKey: 'personal.access.tokens.audit.log.category', text: 'Security' },
  created: { i18nKey: 'personal.access.tokens.audit.log.summary.token.created', text: 'Personal access token created' },
  deleted: { i18nKey: 'personal.access.tokens.audit.log.summary.token.deleted', text: 'Personal access token deleted' },
  label: { i18nKey: 'personal.access.tokens.audit.log.extra.attribute.name', text: 'Token Name' },
};

function manifestOf({ system, name, product }: PatProfile): PluginManifest {
  return {
    key: system,
    name,
    emulates: { version: 'Jira 8.14, Confluence 7.9 and later', source: 'Atlassian Data Center: Using personal access tokens' },
    products: [product],
    productLog: PRODUCT_LOG,
    tables: [],
    migrations: [],
    settings: [],
  };
}

export const jiraManifest: PluginManifest = {
  ...manifestOf(JIRA_PROFILE),
  tables: [personalTokenTable, posternPersonalTokenTable],
  migrations: [CreatePersonalToken1795305600301, CreatePosternPersonalToken1795305600302],
  settings,
};

export const confluenceManifest: PluginManifest = { ...manifestOf(CONFLUENCE_PROFILE), sharedSettings: settings };
