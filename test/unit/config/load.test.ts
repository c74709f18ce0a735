// Settings from file and environment: one schema, every spelling by one rule, all problems at once.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { environmentName } from '../../../src/config/environment-name.js';
import type { ConfigError } from '../../../src/config/load.js';
import { type Environment, loadSettings } from '../../../src/config/load.js';
import { HOUSE_SETTINGS as S } from '../../../src/config/schema.js';
import { checkSettings } from '../../../src/config/check.js';
import { plugins } from '../../../src/plugins/index.js';
import { newFolder } from '../../support/postern-process.js';

const SPECS = plugins.flatMap(({ manifest }) => manifest.settings);
const load = (environment: Environment) => loadSettings(SPECS, environment);

function yaml(text: string): Environment {
  const file = path.join(newFolder(), 'postern.yml');
  writeFileSync(file, text);
  return { POSTERN_CONFIG: file };
}

function problems(environment: Environment): readonly string[] {
  try {
    checkSettings(load(environment));
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('spelling', () => {
  it.each([
    ['extender.secureMode', 'POSTERN_EXTENDER_SECURE_MODE'],
    ['port', 'POSTERN_PORT'],
    ['jira.upstream', 'POSTERN_JIRA_UPSTREAM'],
    ['trustedProxies', 'POSTERN_TRUSTED_PROXIES'],
    ['tokensMakeTokens', 'POSTERN_TOKENS_MAKE_TOKENS'],
    ['audit.durability', 'POSTERN_AUDIT_DURABILITY'],
    ['upstream.identity', 'POSTERN_UPSTREAM_IDENTITY'],
    ['bootstrapAdmin', 'POSTERN_BOOTSTRAP_ADMIN'],
    ['wrongBearer', 'POSTERN_WRONG_BEARER'],
    ['extender.anyoneTokens', 'POSTERN_EXTENDER_ANYONE_TOKENS'],
  ])('%s in YAML is %s in the environment', (name, variable) => {
    expect(environmentName(name)).toBe(variable);
    const known = [...Object.values(S), ...SPECS].map((spec) => spec.name);
    expect(known).toContain(name);
  });
});

describe('sources', () => {
  it('takes defaults where nothing is said', () => {
    const settings = load({});
    expect([settings.profile, settings.get(S.port), settings.get(S.host), settings.get(S.data), settings.get(S.jiraContext)]).toEqual([
      'emulator',
      2990,
      '127.0.0.1',
      './data',
      '/jira',
    ]);
  });

  it('reads a file, nested or dotted, and lets the environment win', () => {
    const file = yaml('port: 3000\nextender:\n  secureMode: true\naudit.durability: power\n');
    const settings = load({ ...file, POSTERN_PORT: '4000' });
    expect([
      settings.get(S.port),
      settings.get(S.auditDurability),
      settings.origin(S.port),
      settings.origin(S.auditDurability),
      settings.origin(S.host),
    ]).toEqual([4000, 'power', 'environment', 'file', 'default']);
    expect(settings.get(SPECS.find((spec) => spec.name === 'extender.secureMode')!)).toBe(true);
  });

  it('is a gateway with an upstream and an emulator without, unless the profile is said', () => {
    expect(load({ POSTERN_JIRA_UPSTREAM: 'http://j:1' }).profile).toBe('gateway');
    expect(load({ POSTERN_JIRA_UPSTREAM: 'http://j:1', POSTERN_PROFILE: 'emulator' }).profile).toBe('emulator');
    expect(load({ POSTERN_PROFILE: 'gateway' }).profile).toBe('gateway');
  });

  it.each([
    ['passwords', S.passwords, 'forward', 'refuse'],
    ['anonymous', S.anonymous, 'forward', 'refuse'],
    ['cookies', S.cookies, 'forward', 'strip'],
    ['wrongBearer', S.wrongBearer, 'anonymous', 'refuse'],
    ['tokensMakeTokens', S.tokensMakeTokens, 'allow', 'refuse'],
  ] as const)('%s has the default of its profile [GW-5, GW-14, GW-15, GW-26]', (_name, spec, emulator, gateway) => {
    expect([load({}).get(spec), load({ POSTERN_PROFILE: 'gateway' }).get(spec)]).toEqual([emulator, gateway]);
  });

  it('ignores what Kubernetes sets for a Service of the same name', () => {
    const settings = load({
      POSTERN_SERVICE_HOST: '10.0.0.1',
      POSTERN_PORT_2990_TCP: 'tcp://10.0.0.1:2990',
      POSTERN_PORT: 'tcp://10.0.0.1:2990',
    });
    expect(settings.get(S.port)).toBe(2990);
  });

  it('takes an empty context path as the root and any other empty variable as not set', () => {
    const settings = load({ POSTERN_JIRA_CONTEXT: '', POSTERN_HOST: '' });
    expect([settings.get(S.jiraContext), settings.get(S.host)]).toEqual(['', '127.0.0.1']);
  });
});

describe('problems', () => {
  it('reports all at once, each with its place and the nearest known name', () => {
    const file = yaml('port: many\nextender:\n  secureMod: true\nhots: x\n');
    const found = problems({ ...file, POSTERN_PASWORDS: 'x', POSTERN_COOKIES: 'eat' });
    expect(found).toHaveLength(5);
    const all = found.join('\n');
    expect(all).toMatch(/postern\.yml:1: port: "many" must be a whole number from 0 to 65535/);
    expect(all).toMatch(/postern\.yml:3: extender\.secureMod is not a setting; did you mean extender\.secureMode\?/);
    expect(all).toMatch(/postern\.yml:4: hots is not a setting; did you mean host\?/);
    expect(all).toMatch(/POSTERN_PASWORDS is not a setting; did you mean POSTERN_PASSWORDS\?/);
    expect(all).toMatch(/POSTERN_COOKIES: "eat" must be forward\|strip/);
  });

  it.each([
    [{ POSTERN_PORT: '65536' }, /POSTERN_PORT/],
    [{ POSTERN_PORT: '1e3' }, /POSTERN_PORT/],
    [{ POSTERN_JIRA_UPSTREAM: 'jira:8080' }, /POSTERN_JIRA_UPSTREAM/],
    [{ POSTERN_JIRA_UPSTREAM: 'http://jira:8080/jira', POSTERN_UPSTREAM_IDENTITY: 'per-user' }, /names a path/],
    [{ POSTERN_JIRA_UPSTREAM: 'http://jira:8080' }, /POSTERN_UPSTREAM_IDENTITY: must be said/],
    [{ POSTERN_UPSTREAM_IDENTITY: 'header:Authorization' }, /has a meaning of its own/],
    [{ POSTERN_UPSTREAM_IDENTITY: 'header:a b' }, /POSTERN_UPSTREAM_IDENTITY/],
    [{ POSTERN_UPSTREAM_IDENTITY: 'jwt' }, /^POSTERN_BASE_URL: must be set when POSTERN_UPSTREAM_IDENTITY is jwt/],
    [{ POSTERN_UPSTREAM_IDENTITY: 'jwt:' }, /must be header:<Name>/],
    [{ POSTERN_UPSTREAM_IDENTITY: 'jwt:Authorization' }, /names Authorization, which has a meaning of its own/],
    [{ POSTERN_UPSTREAM_IDENTITY: 'header:X_Forwarded_For' }, /names X_Forwarded_For, which has a meaning of its own/],
    [{ POSTERN_TLS_CERT: 'cert.pem' }, /^POSTERN_TLS_KEY: must be set when POSTERN_TLS_CERT is/],
    [{ POSTERN_TLS_KEY: 'key.pem' }, /^POSTERN_TLS_CERT: must be set when POSTERN_TLS_KEY is/],
    [{ POSTERN_UPSTREAM_IDENTITY: 'service' }, /POSTERN_UPSTREAM_CREDENTIAL: must be set/],
    [{ POSTERN_JIRA_CONTEXT: '/x', POSTERN_CONFLUENCE_CONTEXT: '/x' }, /two context paths/],
    [{ POSTERN_JIRA_CONTEXT: 'jira' }, /POSTERN_JIRA_CONTEXT/],
    [{ POSTERN_JIRA_CONTEXT: '/a/../b' }, /POSTERN_JIRA_CONTEXT/],
    [{ POSTERN_TRUSTED_PROXIES: '010.0.0.1' }, /POSTERN_TRUSTED_PROXIES/],
    [{ POSTERN_TRUSTED_PROXIES: '10.0.0.1/8' }, /POSTERN_TRUSTED_PROXIES/],
    [{ POSTERN_POLICY: '[{"effect":"allow","rule":".*"}]' }, /POSTERN_POLICY/],
    [{ POSTERN_POLICY: 'x' }, /POSTERN_POLICY/],
    [{ POSTERN_CONFIG: '/nowhere/postern.yml' }, /cannot be read/],
  ])('refuses %j', (environment, expected) => {
    expect(problems(environment as Environment).join('\n')).toMatch(expected);
  });

  it('does not print the value of a secret', () => {
    expect(problems({ POSTERN_BOOTSTRAP_ADMIN: 'no-colon-but-secret' }).join()).not.toContain('secret');
    expect(problems({ POSTERN_UPSTREAM_CREDENTIAL: 'hunter2' }).join()).not.toContain('hunter2');
  });

  it('names the line of a file that is not YAML', () => {
    expect(problems(yaml('port: [1\nhost: x\n')).join()).toMatch(/postern\.yml:\d+:/);
  });
});

describe('flags', () => {
  it('beat the environment, in both spellings', () => {
    const settings = loadSettings(SPECS, { POSTERN_PORT: '1', POSTERN_HOST: 'a' }, [
      '--port=3000',
      '--host',
      'b',
      '-Daudit.durability=power',
    ]);
    expect([settings.get(S.port), settings.get(S.host), settings.get(S.auditDurability), settings.origin(S.port)]).toEqual([
      3000,
      'b',
      'power',
      'flag',
    ]);
  });

  it.each([
    [['--prot=1'], /--prot is not a setting; did you mean port\?/],
    [['--port'], /--port has no value/],
    [['port=1'], /port is not a flag/],
    [['--port=x'], /--port: "x" must be a whole number/],
  ])('refuses %j', (flags, expected) => {
    expect(() => loadSettings(SPECS, {}, flags)).toThrow(expected);
  });
});
