// `audit.sinks`: read whole, with defaults, or refused with the place of what is wrong [AUD-2, AUD-22].
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ConfigError } from '../../../src/config/load.js';
import { type Environment, loadSettings } from '../../../src/config/load.js';
import { HOUSE_SETTINGS as S } from '../../../src/config/schema.js';
import { newFolder } from '../../support/postern-process.js';

const SECRET = 'sixteen characters';

function problems(environment: Environment): readonly string[] {
  try {
    loadSettings([], environment);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

const sinks = (...list: readonly object[]): Environment => ({ POSTERN_AUDIT_SINKS: JSON.stringify(list) });
const file = { kind: 'file', name: 'copy', path: '/var/log/audit.jsonl' };
const siem = { kind: 'syslog', name: 'siem', address: 'tls://siem.example.com:6514' };
const hook = { kind: 'webhook', name: 'hook', url: 'https://example.com/audit', secret: SECRET };

it('takes each kind, from JSON in the environment, with its defaults [AUD-22]', () => {
  const [copy, stream, web] = loadSettings([], sinks(file, siem, { ...hook, mode: 'required', format: 'ocsf' })).get(S.auditSinks) ?? [];
  const common = { mode: 'best-effort', format: 'json', timeoutMs: 2_000 };
  expect(copy).toEqual({ ...common, ...file, rotateBytes: 100_000_000, rotateHours: 24, keepFiles: 30 });
  expect(stream).toEqual({ ...common, ...siem, address: { isTls: true, host: 'siem.example.com', port: 6514 }, ca: null });
  expect(web).toMatchObject({ ...common, kind: 'webhook', mode: 'required', format: 'ocsf' });
  expect(JSON.stringify(web)).not.toContain(SECRET);
});

it('takes the same as a list in YAML, and nothing by default [AUD-22]', () => {
  const config = path.join(newFolder(), 'postern.yml');
  writeFileSync(config, 'audit:\n  sinks:\n    - kind: syslog\n      name: siem\n      address: "tcp://[::1]:514"\n      format: cef\n');
  expect(loadSettings([], { POSTERN_CONFIG: config }).get(S.auditSinks)).toMatchObject([
    { name: 'siem', format: 'cef', address: { isTls: false, host: '::1', port: 514 } },
  ]);
  expect(loadSettings([], {}).get(S.auditSinks)).toBeNull();
});

it.each([
  ['syslog as required: nothing acknowledges', { ...siem, mode: 'required' }, /no acknowledgement/],
  ['an address without a port', { ...siem, address: 'tcp://siem' }, /tcp:\/\/host:port/],
  ['an address over UDP', { ...siem, address: 'udp://siem:514' }, /tcp:\/\/host:port/],
  ['a port that is none', { ...siem, address: 'tcp://siem:70000' }, /tcp:\/\/host:port/],
  ['a short secret', { ...hook, secret: 'short' }, /16 characters/],
  ['a URL of another scheme', { ...hook, url: 'ftp://example.com' }, /http or https/],
  ['a name that is no file name', { ...file, name: '../x' }, /lower-case letters/],
  ['a kind that is not there', { ...file, kind: 'kafka' }, /kind/],
  ['a misspelt field', { ...file, rotatebytes: 1 }, /rotatebytes/],
  ['a field left out', { kind: 'file', name: 'copy' }, /path/],
])('refuses %s, and shows no secret [AUD-22]', (_what, sink, problem) => {
  const said = problems(sinks(sink));
  expect(said).toEqual([expect.stringMatching(problem)]);
  expect(said.join()).not.toContain(SECRET);
});

it('refuses two of one name: their cursors would be one [AUD-22]', () => {
  expect(problems(sinks(file, { ...hook, name: 'copy' }))).toEqual([expect.stringContaining('names two sinks copy')]);
});

it('refuses what is no JSON without showing it', () => {
  const said = problems({ POSTERN_AUDIT_SINKS: `[${SECRET}` });
  expect(said).toHaveLength(1);
  expect(said.join()).not.toContain(SECRET);
});

it('keeps the trail for ever unless told otherwise [AUD-24]', () => {
  const settings = loadSettings([], {});
  expect([settings.get(S.auditRetentionDays), settings.get(S.auditRetentionMegabytes)]).toEqual([0, 0]);
});
