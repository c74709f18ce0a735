// Switches of the whole site that several token systems ask for: each a setting, and changeable while running. A plugin asks
// `host.switches.get(dataCenterSetting(product).name, true)`: what the setting says is in force until somebody switches.
import type { UpstreamProduct } from '../core/index.js';
import { booleanSetting, type SettingSpec } from './setting.js';

const DATA_CENTER: Readonly<Record<UpstreamProduct, SettingSpec<boolean>>> = {
  jira: dataCenter('jira', 'Jira'),
  confluence: dataCenter('confluence', 'Confluence'),
};

/** Whether the product has a Data Center licence: without one administrators' calls about others' tokens are refused [PAT-30]. */
export function dataCenterSetting(product: UpstreamProduct): SettingSpec<boolean> {
  return DATA_CENTER[product];
}

function dataCenter(product: UpstreamProduct, name: string): SettingSpec<boolean> {
  const about = `Whether ${name} has a Data Center licence; without one administrators cannot see or end others’ personal access tokens. Can be switched while running.`;
  return { ...booleanSetting(`${product}.dataCenter`, true, about), isSwitch: true };
}
