// `GET /api/v1/settings`: every setting with the value in force and where it comes from, for administrators. Secrets are never shown.
import { environmentName } from '../../config/environment-name.js';
import type { Settings } from '../../config/load.js';
import { HOUSE_SETTINGS } from '../../config/schema.js';
import type { Switches } from '../../plugin-kit/contract.js';
import type { RestAnswer, RestCall, Route } from '../../plugin-kit/rest.js';
import type { SettingSpec } from '../../plugin-kit/setting.js';
import type { SettingAnswer } from '../api-types.js';
import { requireAdministrator } from '../require-caller.js';

export interface SettingRoutesNeeds {
  readonly settings: Settings;
  /** Of the token systems that are carried. */
  readonly systemSettings: readonly SettingSpec[];
  readonly switches: Switches;
}

/** The route of the settings. */
export function settingRoutes(needs: SettingRoutesNeeds): readonly Route[] {
  return [{ method: 'GET', path: '/settings', handle: (call) => listSettings(needs, call) }];
}

async function listSettings(needs: SettingRoutesNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const specs = [...(Object.values(HOUSE_SETTINGS) as readonly SettingSpec[]), ...needs.systemSettings];
  return { status: 200, json: specs.map((spec) => shown(needs, spec)) };
}

function shown({ settings, switches }: SettingRoutesNeeds, spec: SettingSpec): SettingAnswer {
  const { name, about, isSecret = false, isSwitch = false } = spec;
  const value = settings.get(spec);
  const given = { name, about, variable: environmentName(name), isSwitch, origin: settings.origin(spec) };
  if (isSecret) return { ...given, value: value === null || value === undefined ? null : '[redacted]' };
  if (!isSwitch) return { ...given, value: settingText(value) };
  // What was switched while running beats what is set.
  const inForce = switches.get(name, value === true);
  return { ...given, value: String(inForce), origin: inForce === value ? given.origin : 'switched' };
}

/** The value as somebody would write it. A Secret that no setting calls one prints itself as [redacted]. */
function settingText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof URL) return value.origin;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object' && 'text' in value && typeof value.text === 'string') return value.text;
  return JSON.stringify(value);
}
