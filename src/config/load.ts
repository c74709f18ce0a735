// Reads the settings from a YAML file, the environment and flags; the only place that knows process.env.
// All errors are reported at once, each with its place and the nearest known name.
import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Profile, SettingSpec } from '../plugin-kit/setting.js';
import { environmentName, isKubernetesVariable } from './environment-name.js';
import { readFlags } from './flags.js';
import { suggestion } from './suggestion.js';
import { HOUSE_SETTINGS } from './schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;
/** Where a value in force comes from. */
export type SettingOrigin = 'default' | 'file' | 'environment' | 'flag';

/** The settings in force, frozen. */
export interface Settings {
  readonly profile: Profile;
  get<T>(spec: SettingSpec<T>): T;
  origin(spec: SettingSpec<never> | SettingSpec<unknown>): SettingOrigin;
  /** Malformed values that a vendor's rule lets pass, one line each; the default is in force. */
  readonly warnings: readonly string[];
}

/** The settings cannot be used; `problems` has one line for each reason. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

interface GivenValue {
  readonly value: unknown;
  readonly place: string;
  readonly origin: SettingOrigin;
}

/** The process's environment. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Reads and checks every setting; flags beat the environment, and that the file. Throws ConfigError with all problems. */
export function loadSettings(
  pluginSpecs: readonly SettingSpec[],
  environment: Environment = processEnvironment(),
  flags: readonly string[] = [],
): Settings {
  const specs = [...(Object.values(HOUSE_SETTINGS) as readonly SettingSpec[]), ...pluginSpecs];
  const problems: string[] = [];
  const warnings: string[] = [];
  const given = new Map<string, GivenValue>();
  readFile(environment['POSTERN_CONFIG'], specs, given, problems);
  readEnvironment(environment, specs, given, problems);
  for (const { name, text, flag } of readFlags(flags, specs, problems)) given.set(name, { value: text, place: flag, origin: 'flag' });
  const parsed = parseAll(specs, given, problems, warnings);
  if (problems.length > 0) throw new ConfigError(problems);
  return freezeSettings(specs, given, parsed, warnings);
}

function readFile(path: string | undefined, specs: readonly SettingSpec[], given: Map<string, GivenValue>, problems: string[]): void {
  if (path === undefined || path === '') return;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`POSTERN_CONFIG: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
    return;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (const error of document.errors) problems.push(`${path}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`);
  if (document.errors.length > 0 || document.contents === null) return;
  if (!isMap(document.contents)) {
    problems.push(`${path}:1: must hold settings, one "name: value" a line`);
    return;
  }
  const known = new Set(specs.map((spec) => spec.name));
  const visit = (node: Node, prefix: string): void => {
    if (!isMap(node)) return;
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const name = prefix === '' ? key : `${prefix}.${key}`;
      const line = lines.linePos((pair.key as Node).range?.[0] ?? 0).line;
      const place = `${path}:${line}: ${name}`;
      const value = pair.value as Node | null;
      if (!known.has(name) && value !== null && isMap(value)) visit(value, name);
      else if (!known.has(name)) problems.push(`${place} is not a setting${suggestion(name, [...known])}`);
      else if (given.has(name)) problems.push(`${place} is given twice`);
      else if (value !== null && value.toJSON() !== null) given.set(name, { value: value.toJSON() as unknown, place, origin: 'file' });
    }
  };
  visit(document.contents, '');
}

/** Empty means "not set", except where an empty text is a value: a context path at the root. */
const MEANINGFUL_WHEN_EMPTY = new Set(['jira.context', 'confluence.context']);

function readEnvironment(
  environment: Environment,
  specs: readonly SettingSpec[],
  given: Map<string, GivenValue>,
  problems: string[],
): void {
  const byVariable = new Map(
    specs.flatMap((spec) => [environmentName(spec.name), ...(spec.variables ?? [])].map((variable) => [variable, spec])),
  );
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || variable === 'POSTERN_CONFIG' || isKubernetesVariable(variable, value)) continue;
    const spec = byVariable.get(variable);
    if (spec === undefined && !variable.startsWith('POSTERN_')) continue;
    if (spec === undefined) problems.push(`${variable} is not a setting${suggestion(variable, [...byVariable.keys()])}`);
    else if (value !== '' || MEANINGFUL_WHEN_EMPTY.has(spec.name)) given.set(spec.name, { value, place: variable, origin: 'environment' });
  }
}

function parseAll(
  specs: readonly SettingSpec[],
  given: ReadonlyMap<string, GivenValue>,
  problems: string[],
  warnings: string[],
): Map<string, unknown> {
  const parsed = new Map<string, unknown>();
  for (const spec of specs) {
    const entry = given.get(spec.name);
    if (entry === undefined) continue;
    const shown = spec.isSecret === true ? 'the value' : JSON.stringify(entry.value);
    try {
      const value = spec.parse(entry.value);
      if (value === undefined) (spec.isLenient === true ? warnings : problems).push(`${entry.place}: ${shown} must be ${spec.form}`);
      else parsed.set(spec.name, value);
    } catch (error) {
      problems.push(`${entry.place}: ${shown} ${(error as Error).message}`);
    }
  }
  return parsed;
}

function freezeSettings(
  specs: readonly SettingSpec[],
  given: ReadonlyMap<string, GivenValue>,
  parsed: ReadonlyMap<string, unknown>,
  warnings: readonly string[],
): Settings {
  const hasUpstream = parsed.has(HOUSE_SETTINGS.jiraUpstream.name) || parsed.has(HOUSE_SETTINGS.confluenceUpstream.name);
  const profile = (parsed.get(HOUSE_SETTINGS.profile.name) as Profile | undefined) ?? (hasUpstream ? 'gateway' : 'emulator');
  const inForce = new Map(specs.map((spec) => [spec.name, parsed.has(spec.name) ? parsed.get(spec.name) : spec.fallback[profile]]));
  inForce.set(HOUSE_SETTINGS.profile.name, profile);
  return Object.freeze({
    profile,
    warnings,
    get<T>(spec: SettingSpec<T>): T {
      if (!inForce.has(spec.name)) throw new Error(`${spec.name} is not a declared setting`);
      return inForce.get(spec.name) as T;
    },
    origin: (spec: SettingSpec<never> | SettingSpec<unknown>) => given.get(spec.name)?.origin ?? 'default',
  });
}
