// What an installation of personal access tokens is, as data. Both share one table and one set of properties, which Jira's declares.
import type { PluginManifest } from '../../plugin-kit/contract.js';
import { CreatePersonalToken1795305600301 } from './migrations/1795305600301-create-personal-token.js';
import { CreatePosternPersonalToken1795305600302 } from './migrations/1795305600302-create-postern-personal-token.js';
import { CONFLUENCE_PROFILE, JIRA_PROFILE, type PatProfile } from './profile.js';
import { PROPERTIES } from './properties.js';
import { personalTokenTable, posternPersonalTokenTable } from './tables.js';

const settings = Object.values(PROPERTIES);

function manifestOf({ system, name, product }: PatProfile): PluginManifest {
  return {
    key: system,
    name,
    emulates: { version: 'Jira 8.14, Confluence 7.9 and later', source: 'Atlassian Data Center: Using personal access tokens' },
    products: [product],
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
