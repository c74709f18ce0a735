// What the Extender token system is, as data: the host migrates, documents and validates it from here.
import type { PluginManifest } from '../../plugin-kit/contract.js';
import { booleanSetting, choiceSetting, integerSetting, type SettingSpec } from '../../plugin-kit/setting.js';
import { CreateExtenderToken1795305600101 } from './migrations/1795305600101-create-extender-token.js';
import { extenderTokenTable } from './tables.js';

/** Stands in the audit trail and in the list of all tokens; never renamed. */
export const SYSTEM = 'extender';

/** Whether token values can never be read again [EXT-35]. */
export const secureModeSetting = booleanSetting(
  'extender.secureMode',
  { emulator: false, gateway: true },
  'Token values are kept as keyed digests only and never shown after creation.',
);

/** Which Authorization schemes carry a token [EXT-2]. */
export const authSetting = choiceSetting('extender.auth', ['basic', 'bearer', 'both'], 'basic', 'The schemes that take an Extender token.');

/** Whether tokens without a user are made and honoured [EXT-5]. */
export const anyoneTokensSetting = booleanSetting(
  'extender.anyoneTokens',
  { emulator: true, gateway: false },
  'Administrators may make tokens that work for any user, and those are honoured.',
);

/** Shortest value a caller may choose for a token [EXT-42]. */
export const tokenLengthMinSetting = integerSetting(
  'extender.tokenLengthMin',
  { min: 8, max: 255 },
  { emulator: 8, gateway: 20 },
  'Characters that a token value given by the caller has at least.',
);

/** Whether calls reach the product's audit log [EXT-44]. Also a switch, here and at `tokenTools/set`. */
export const addAuditRecordSetting: SettingSpec<boolean> = {
  ...booleanSetting(
    'extender.addAuditRecord',
    true,
    'Whether calls with Extender tokens appear in the product’s audit log. Can be switched while running.',
  ),
  isSwitch: true,
};

/** Whether calls are part of a token's usage details [EXT-44]. Also a switch, here and at `tokenTools/set`. */
export const collectUsageDetailsSetting: SettingSpec<boolean> = {
  ...booleanSetting(
    'extender.collectUsageDetails',
    true,
    'Whether calls with Extender tokens are part of their usage details. Can be switched while running.',
  ),
  isSwitch: true,
};

export const manifest: PluginManifest = {
  key: SYSTEM,
  name: 'Extender API tokens',
  emulates: { version: '6.23', source: 'Extender for Jira: REST API Tokens, tokenTools/get, set and delete' },
  products: ['jira'],
  tables: [extenderTokenTable],
  migrations: [CreateExtenderToken1795305600101],
  settings: [secureModeSetting, authSetting, anyoneTokensSetting, tokenLengthMinSetting, addAuditRecordSetting, collectUsageDetailsSetting],
  productLog: {
    category: { i18nKey: 'postern.audit.category.security', text: 'Security' },
    created: { i18nKey: 'postern.audit.action.token.created', text: 'API token created' },
    deleted: { i18nKey: 'postern.audit.action.token.deleted', text: 'API token deleted' },
    label: { i18nKey: 'postern.audit.attribute.token-name', text: 'Token Name' },
    // Calls are shown while the switch addAuditRecord is on [EXT-44].
    call: { i18nKey: 'postern.audit.action.token.used', text: 'API token used' },
  },
};
