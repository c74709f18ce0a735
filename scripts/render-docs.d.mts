// The types of render-docs.mjs, for the test that holds docs/ against the source.
import type { ERROR_CODES } from '../src/core/error-codes.js';
import type { Plugin } from '../src/plugin-kit/contract.js';
import type { Profile, SettingSpec } from '../src/plugin-kit/setting.js';

export function renderErrors(codes: typeof ERROR_CODES): string;
export function renderLimits(source: string): string;
export function renderSettings(
  house: readonly SettingSpec[],
  plugins: readonly Pick<Plugin, 'manifest'>[],
  environmentName: (settingName: string) => string,
): string;
export function defaultText(spec: SettingSpec, profile: Profile): string | null;
