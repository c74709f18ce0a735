// What an installation of Wombats "API Tokens" is, as data.
import type { PluginManifest } from '../../plugin-kit/contract.js';
import { booleanSetting, type SettingSpec } from '../../plugin-kit/setting.js';
import { createWombatsToken } from './migrations/1795305600201-create-wombats-token.js';
import type { WombatsProfile } from './profile.js';
import { wombatsTokenTable } from './tables.js';

/** Whether tokens of this installation are honoured: they can be managed without a licence, and not used [WOM-4]. Also a switch. */
export function licensedSetting({ product }: WombatsProfile): SettingSpec<boolean> {
  const about = `Whether API Tokens for ${product} has a valid licence; without one tokens can be managed and not used. Can be switched while running.`;
  return { ...booleanSetting(`${product}.wombats.licensed`, true, about), isSwitch: true };
}

/** Whether `login:password` is refused on `/rest/*` while tokens go on working [WOM-6]. */
export function blockPasswordBasicSetting({ product }: WombatsProfile): SettingSpec<boolean> {
  return booleanSetting(
    `${product}.wombats.blockPasswordBasic`,
    false,
    `Whether a user name and password are refused on /rest/* of ${product}, while API tokens go on working.`,
  );
}

const MIGRATION_NAMES = { jira: 'CreateWombatsJiraToken1795305600201', confluence: 'CreateWombatsConfluenceToken1795305600202' } as const;

export function wombatsManifest(profile: WombatsProfile): PluginManifest {
  return {
    key: profile.system,
    name: profile.name,
    emulates: { version: 'documentation of 2024', source: 'Wombats: API Tokens for Jira/Confluence' },
    products: [profile.product],
    tables: [wombatsTokenTable(profile.tableName)],
    migrations: [createWombatsToken(MIGRATION_NAMES[profile.product], profile.tableName)],
    settings: [licensedSetting(profile), blockPasswordBasicSetting(profile)],
  };
}
