// Settings on the command line: `--port=3000`, `--port 3000`, and the vendor's `-Datlassian.pats.enabled=false` [PAT-40].
import type { SettingSpec } from '../plugin-kit/setting.js';
import { suggestion } from './suggestion.js';

export interface GivenFlag {
  readonly name: string;
  readonly text: string;
  /** As it was written, without its value: for errors. */
  readonly flag: string;
}

/** Reads `--name=value`, `--name value` and `-Dname=value`; what is none of them is a problem. */
export function readFlags(flags: readonly string[], specs: readonly SettingSpec[], problems: string[]): readonly GivenFlag[] {
  const known = new Set(specs.map((spec) => spec.name));
  const given: GivenFlag[] = [];
  for (let index = 0; index < flags.length; index += 1) {
    const written = flags[index] ?? '';
    const match = /^(--|-D)([A-Za-z][A-Za-z0-9.]*)(?:=(.*))?$/s.exec(written);
    if (match === null) {
      problems.push(`${written.split('=', 1)[0] ?? ''} is not a flag; write --name=value or -Dname=value`);
      continue;
    }
    const [, dash = '', name = '', attached] = match;
    const flag = `${dash}${name}`;
    const isNextValue = attached === undefined && dash === '--' && index + 1 < flags.length;
    const text = attached ?? (isNextValue ? flags[(index += 1)] : undefined);
    if (!known.has(name)) problems.push(`${flag} is not a setting${suggestion(name, [...known])}`);
    else if (text === undefined) problems.push(`${flag} has no value`);
    else given.push({ name, text, flag });
  }
  return given;
}
