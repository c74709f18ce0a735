// What the cloud's token system is, as data.
import type { PluginManifest } from '../../plugin-kit/contract.js';
import { booleanSetting, textSetting } from '../../plugin-kit/setting.js';
import { CreateCloudApiToken1795305600501 } from './migrations/1795305600501-create-cloud-api-token.js';
import { CreateCloudOrganizationKey1795305600502 } from './migrations/1795305600502-create-cloud-organization-key.js';
import { FoldCloudApiToken1795305600503 } from './migrations/1795305600503-fold-cloud-api-token.js';
import { apiTokenTable, organizationKeyTable } from './tables.js';

/** Stands in the audit trail and in the list of all tokens; never renamed. */
export const SYSTEM = 'cloud-api-tokens';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The one organization there is: what stands for `orgId` in a path [CLD-8]. */
export const organizationIdSetting = textSetting<string>(
  'cloud.organizationId',
  'a UUID',
  (text) => (UUID.test(text.toLowerCase()) ? text.toLowerCase() : undefined),
  '0b1d5c0e-6a7f-4c53-9f0a-2f6d6f0c7e11',
  'The organization’s id in the paths of its API.',
);

/** Whether one call may end every user's token [CLD-8]. */
export const allowBulkRevokeSetting = booleanSetting(
  'cloud.allowBulkRevoke',
  false,
  'Whether an organization key may revoke every managed user’s cloud API token in one call.',
);

export const manifest: PluginManifest = {
  key: SYSTEM,
  name: 'Cloud API tokens',
  emulates: { version: 'documentation of 2025', source: 'Atlassian Cloud: user management REST API, API access REST API' },
  products: ['cloud', 'jira', 'confluence'],
  tables: [apiTokenTable, organizationKeyTable],
  migrations: [CreateCloudApiToken1795305600501, CreateCloudOrganizationKey1795305600502, FoldCloudApiToken1795305600503],
  settings: [organizationIdSetting, allowBulkRevokeSetting],
};
