// The URL of a database server: every part where it belongs, and no part of it in what is said about it.
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { StartError } from '../../src/core/start-error.js';
import { readDatabaseUrl } from '../../src/store/database-url.js';
import type { ServerAddress } from '../../src/store/server-url.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';

const read = (url: string) => readDatabaseUrl(url, 'unused') as ServerAddress;

it.each([
  ['postgres://u:p@db.internal:5433/postern', ['postgres', 'db.internal', 5433, 'u', 'p', 'postern'], 'everything said'],
  ['postgresql://u@h/d', ['postgres', 'h', 5432, 'u', null, 'd'], 'the other scheme; the port that is usual; no password'],
  ['mysql://u:p@h/d', ['mysql', 'h', 3306, 'u', 'p', 'd'], 'MySQL'],
  ['mariadb://u:p@h/d', ['mysql', 'h', 3306, 'u', 'p', 'd'], 'MariaDB is an engine of the same kind'],
  ['postgres://h/d', ['postgres', 'h', 5432, null, null, 'd'], 'the driver takes PGUSER and PGPASSWORD'],
  ['postgres://u%40x:a%3Ab%2F%25@h/my%20db', ['postgres', 'h', 5432, 'u@x', 'a:b/%', 'my db'], 'escapes'],
  ['postgres://u:p@[::1]:5433/d', ['postgres', '::1', 5433, 'u', 'p', 'd'], 'an address of version 6'],
  ['postgres://u@%2Fvar%2Frun%2Fpostgresql/d', ['postgres', '/var/run/postgresql', 5432, 'u', null, 'd'], 'the folder of a socket'],
])('reads %s (%#)', (url, expected) => {
  const { engine, host, port, username, password, database } = read(url);
  expect([engine, host, port, username, password?.reveal() ?? null, database]).toEqual(expected);
});

it('names a server by its host, port and database alone', () => {
  const address = read('postgres://somebody:hidden@db.internal/postern?sslmode=require');
  expect(address.location).toBe('postgres://db.internal:5432/postern');
  expect(read('mariadb://u@[::1]/d').location).toBe('mariadb://[::1]:3306/d');
  expect(inspect(address, { depth: 10 }) + JSON.stringify(address)).not.toContain('hidden');
});

it.each([
  ['postgres://u:hid/den@h/d', 'a slash that was not escaped makes a port of the password'],
  ['postgres://u:1/hidden@h/d', 'or a database of it'],
  ['postgres://u:hid#den@h/d', 'a hash cuts the URL'],
  ['postgres://u:1#hidden@h/d', 'also behind what looks like a port'],
  ['postgres://u:1?hidden@h/d', 'a question mark makes an option of it'],
  ['postgres://u:hid%den@h/d', 'half an escape'],
  ['postgres://u:hidden@h', 'no database'],
  ['postgres://u:hidden@h/', 'no database either'],
  ['postgres://u:hidden@h/a/b', 'two'],
  ['postgres://u:hidden@/d', 'no host'],
  ['postgres://u:hidden@h:99999/d', 'no such port'],
  ['postgres:u:hidden@h/d', 'no slashes'],
  ['mysql://u:hidden@h/d?ssl=true', 'an option that is not known'],
  ['mysql://u:hidden@h/d?sslmode=prefer', 'TLS that is not sure'],
  ['mysql://u:hidden@192.0.2.1/d?sslmode=verify-full', 'a name that would not be compared'],
  ['mariadb://u:hidden@[::1]/d?sslmode=require', 'nor would this'],
  ['mysql://u:hidden@h/d?sslrootcert=/x', 'a certificate for nothing'],
  ['mysql://u:hidden@h/d?sslmode=require&sslrootcert=/nowhere/hidden.pem', 'a file that is not there'],
])('refuses %s without a word of it (%s)', (url) => {
  let refusal: unknown;
  try {
    read(url);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(StartError);
  const { message, nextStep } = refusal as StartError;
  expect(message + nextStep).not.toMatch(/hid|den/);
});

describe('TLS', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  it.each<[string, { rejectUnauthorized: boolean } | null, string]>([
    ['', null, 'not said: in the clear'],
    ['?sslmode=disable', null, 'in the clear'],
    ['?sslmode=require', { rejectUnauthorized: true }, 'the certificate is checked, unlike in PostgreSQL’s own clients'],
    ['?sslmode=verify-full', { rejectUnauthorized: true }, 'checked'],
    ['?sslmode=no-verify', { rejectUnauthorized: false }, 'not checked, because somebody said so'],
  ])('is read from %p', (options, expected) => {
    expect(read(`postgres://u:p@h/d${options}`).tls).toEqual(expected);
    expect(read(`mysql://u:p@h/d${options}`).tls).toEqual(expected);
  });

  it('is taken with an address where the driver compares addresses, or nothing is compared', () => {
    expect(read('postgres://u:p@192.0.2.1/d?sslmode=verify-full').tls).toEqual({ rejectUnauthorized: true });
    expect(read('mysql://u:p@192.0.2.1/d?sslmode=no-verify').tls).toEqual({ rejectUnauthorized: false });
  });

  it('trusts the certificates of a file', async () => {
    await writeFile(folder.file('ca.pem'), 'a certificate');
    const { tls } = read(`postgres://u:p@h/d?sslmode=require&sslrootcert=${encodeURIComponent(folder.file('ca.pem'))}`);
    expect(tls).toEqual({ rejectUnauthorized: true, ca: 'a certificate' });
  });
});
