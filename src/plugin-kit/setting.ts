// One setting: its name, its default by profile, what it means, and how its text is read.

export type Profile = 'emulator' | 'gateway';

/** A setting as a plugin or the house declares it. The documentation and every spelling come from here. */
export interface SettingSpec<T = unknown> {
  /** Dotted, as in YAML: `extender.secureMode`; the environment says `POSTERN_EXTENDER_SECURE_MODE`. */
  readonly name: string;
  /** The default, or one per profile. */
  readonly fallback: Readonly<Record<Profile, T>>;
  /** One sentence. */
  readonly about: string;
  /** What may stand there, for the documentation and the error: `true|false`, `a whole number from 1`. */
  readonly form: string;
  /** Reads a text from the environment or a value from YAML; undefined when it is malformed, a SettingError to say more. */
  parse(value: unknown): T | undefined;
  /** Further spellings in the environment, beside the one of the rule: a vendor's own [PAT-40]. */
  readonly variables?: readonly string[];
  /** A malformed value is warned of and the default holds, as the vendor does it; anything else stops the start [PAT-40]. */
  readonly isLenient?: boolean;
  /** Administrators may change it while running: what they switch beats what is set, and is kept in the database. Booleans alone. */
  readonly isSwitch?: boolean;
  /** Never shown, neither in the documentation's table of values in force nor in an error. */
  readonly isSecret?: boolean;
}

/** Thrown by `parse` where "must be {form}" would not say enough. */
export class SettingError extends Error {}

/** `true` or `false`, nothing else. */
export function booleanSetting(name: string, fallback: boolean | Readonly<Record<Profile, boolean>>, about: string): SettingSpec<boolean> {
  return {
    name,
    fallback: typeof fallback === 'boolean' ? { emulator: fallback, gateway: fallback } : fallback,
    about,
    form: 'true|false',
    parse: (value) => (String(value) === 'true' ? true : String(value) === 'false' ? false : undefined),
  };
}

/** One of a few words. */
export function choiceSetting<const T extends string>(
  name: string,
  choices: readonly T[],
  fallback: T | Readonly<Record<Profile, T>>,
  about: string,
): SettingSpec<T> {
  return {
    name,
    fallback: typeof fallback === 'string' ? { emulator: fallback, gateway: fallback } : fallback,
    about,
    form: choices.join('|'),
    parse: (value) => choices.find((choice) => choice === String(value)),
  };
}

/** A whole number within bounds. */
export function integerSetting(
  name: string,
  range: { min: number; max: number },
  fallback: number | Readonly<Record<Profile, number>>,
  about: string,
): SettingSpec<number> {
  return {
    name,
    fallback: typeof fallback === 'number' ? { emulator: fallback, gateway: fallback } : fallback,
    about,
    form: `a whole number from ${range.min} to ${range.max}`,
    parse(value) {
      const text = String(value).trim();
      if (!/^-?\d{1,15}$/.test(text)) return undefined;
      const number = Number(text);
      return number >= range.min && number <= range.max ? number : undefined;
    },
  };
}

/** A text that `read` accepts and turns into what the house uses. */
export function textSetting<T>(
  name: string,
  form: string,
  read: (text: string) => T | undefined,
  fallback: T | { readonly perProfile: Readonly<Record<Profile, T>> },
  about: string,
  options: { isSecret?: boolean } = {},
): SettingSpec<T> {
  const isPerProfile = typeof fallback === 'object' && fallback !== null && 'perProfile' in fallback;
  return {
    name,
    fallback: isPerProfile ? fallback.perProfile : { emulator: fallback, gateway: fallback },
    about,
    form,
    parse: (value) => (typeof value === 'string' || typeof value === 'number' ? read(String(value)) : undefined),
    ...(options.isSecret === undefined ? {} : { isSecret: options.isSecret }),
  };
}
