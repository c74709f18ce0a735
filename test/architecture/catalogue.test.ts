// What can drift is generated: the pages in docs/ are what the declarations say, and every error code is one that some test has seen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultText, renderErrors, renderLimits, renderSettings } from '../../scripts/render-docs.mjs';
import { environmentName } from '../../src/config/environment-name.js';
import { HOUSE_SETTINGS } from '../../src/config/schema.js';
import { ERROR_CODES, type ErrorCode } from '../../src/core/error-codes.js';
import { LIMITS } from '../../src/core/limits.js';
import type { Profile, SettingSpec } from '../../src/plugin-kit/setting.js';
import { plugins } from '../../src/plugins/index.js';
import { filesBelow, ROOT } from './source-tree.js';

/** Codes that no test can produce yet, each with the statement whose issue brings it. */
const NOT_YET_PRODUCED: Partial<Readonly<Record<ErrorCode, string>>> = {};

const PROFILES: readonly Profile[] = ['emulator', 'gateway'];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Whether a test names the code, or asserts a status that no other code has. */
function isProduced(code: ErrorCode, tests: readonly string[]): boolean {
  const status: number = ERROR_CODES[code].status;
  const hasOwnStatus = Object.values(ERROR_CODES).filter((row) => row.status === status).length === 1;
  const statusAlone = new RegExp(`(?<![\\w.-])${status}(?![\\w.-])`);
  return tests.some((text) => text.includes(`'${code}'`) || (hasOwnStatus && statusAlone.test(text)));
}

const house = Object.values(HOUSE_SETTINGS) as readonly SettingSpec[];
const settings = [...house, ...plugins.flatMap(({ manifest }) => manifest.settings)];
const codes = Object.keys(ERROR_CODES) as ErrorCode[];

describe('the error codes', () => {
  const tests = filesBelow('test', ['.test.ts'])
    .filter((path) => !path.startsWith('test/architecture/'))
    .map(read);

  it('stand in docs/errors.md as they are', () => {
    expect(read('docs/errors.md')).toBe(renderErrors(ERROR_CODES));
  });

  it.each(codes.filter((code) => !(code in NOT_YET_PRODUCED)))('%s is produced by some test', (code) => {
    expect(isProduced(code, tests)).toBe(true);
  });

  it('those that are excused are not produced', () => {
    expect(codes.filter((code) => code in NOT_YET_PRODUCED && isProduced(code, tests))).toEqual([]);
  });

  it.each([
    ['named', ["expect(code).toBe('upstream.reset');"], true],
    ['by the status that two codes share', ['expect(status).toBe(502);'], false],
    ['nowhere', ['expect(status).toBe(200);'], false],
  ])('are looked for: upstream.reset %s', (_name, texts, isFound) => {
    expect(isProduced('upstream.reset', texts)).toBe(isFound);
  });

  it.each([
    ['expect(status).toBe(417);', true],
    ['const port = 4170;', false],
  ])('are looked for by their own status: %s', (text, isFound) => {
    expect(isProduced('request.expectation', [text])).toBe(isFound);
  });
});

describe('the bounds [GW-52]', () => {
  const source = read('src/core/limits.ts');

  it('stand in docs/limits.md as they are, each with its unit and its reason', () => {
    expect(read('docs/limits.md')).toBe(renderLimits(source));
    for (const [name, value] of Object.entries(LIMITS))
      expect(read('docs/limits.md')).toContain(`\`${name}\` | ${value.toLocaleString('en')} |`);
  });

  it('one without a comment is no bound', () => {
    expect(() => renderLimits(`${source.slice(0, source.lastIndexOf('}'))}  bare: 1,\n} as const;\n`)).toThrow('no comment');
  });

  it('are in use, every one', () => {
    const text = filesBelow('src', ['.ts'])
      .filter((path) => path !== 'src/core/limits.ts')
      .map(read)
      .join('\n');
    const unused = Object.keys(LIMITS).filter((name) => !text.includes(`LIMITS.${name}`));
    expect(unused).toEqual([]);
  });
});

describe('the settings', () => {
  it('stand in docs/settings.md as they are', () => {
    expect(read('docs/settings.md')).toBe(renderSettings(house, plugins, environmentName));
  });

  it('have one name each, in both spellings', () => {
    expect(new Set(settings.map(({ name }) => environmentName(name))).size).toBe(settings.length);
  });

  it.each(settings.map((spec) => [spec.name, spec] as const))('%s: its documented default, written out, is the default', (_name, spec) => {
    for (const profile of PROFILES) {
      const text = defaultText(spec, profile);
      if (text !== null) expect(spec.parse(text)).toEqual(spec.fallback[profile]);
      else expect(spec.fallback[profile]).toBeNull();
    }
  });
});
