// The vendor's published script, word for word but for host and key, against the built server: from the exported accounts to its report.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder, type PosternProcess, startPosternProcess } from '../support/postern-process.js';
import { basic } from '../support/raw-client.js';

const HOST = 'https://api.atlassian.com';
const KEY = '<yourOrgToken>';

function read(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');
}

const script = read('test/fixtures/managed-accounts-report.py');

/** Lines that say something, without the blanks around them: the published page has lost its indentation. */
function wordsOf(text: string): string[] {
  return text.split('\n').flatMap((line) => line.trim() || []);
}

it('is run as it was published: only its indentation is put back [CLD-1, CLD-2]', () => {
  const published = read('docs/specification/seeds/001_66d759fe195ffb7a.txt');
  const from = published.indexOf('# Script to search managed accounts');
  expect(from).toBeGreaterThan(0);
  // `# [` and `# {` are indented within their comments.
  const withoutBlanks = (line: string): string => line.replace(/^#\s*/, '# ');
  expect(wordsOf(script).map(withoutBlanks)).toEqual(wordsOf(published.slice(from)).map(withoutBlanks));
  expect([script.split(HOST).length, script.split(KEY).length]).toEqual([2, 2]);
});

/** Whether Python and its `requests` are here; their absence is told aloud, and is a failure where everything is required. */
function canRunPython(): boolean {
  if (spawnSync('python3', ['-c', 'import requests']).status === 0) return true;
  if (process.env['POSTERN_REQUIRE_ALL'] === '1') throw new Error('python3 with requests is required: apt-get install python3-requests');
  process.stderr.write(
    'SKIPPED: the published script is not run, for python3 with requests is not here (apt-get install python3-requests)\n',
  );
  return false;
}

describe('against a running Postern', () => {
  let postern: PosternProcess;
  let folder: string;
  beforeAll(async () => {
    postern = await startPosternProcess();
    folder = newFolder();
  });
  afterAll(async () => {
    await postern.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const api = async (method: string, target: string, as: string, body?: object) => {
    const answer = await fetch(`${postern.origin}${target}`, {
      method,
      headers: { Authorization: basic(as, as), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${target} answered ${answer.status}`);
    return answer;
  };
  const made = async (target: string, as: string, body: object) =>
    (await (await api('POST', target, as, body)).json()) as Record<string, string>;

  it('writes a report of every account’s tokens, from the file that Postern exports [CLD-1, CLD-2, CLD-6]', async () => {
    if (!canRunPython()) return;
    const { key = '' } = await made('/api/v1/organization-keys', 'admin', { label: 'report' });
    const first = await made('/api/v1/cloud-api-tokens', 'user', { label: 'Backup, nightly', expiresInDays: 30 });
    const second = await made('/api/v1/cloud-api-tokens', 'user', { label: 'CI' });
    const third = await made('/api/v1/cloud-api-tokens', 'admin', { label: 'Terraform' });
    // The last access stands beside what the script reads.
    const used = await fetch(`${postern.origin}/jira/rest/api/2/myself`, {
      headers: { Authorization: basic('user@example.com', second['token'] ?? '') },
    });
    expect([used.status, ((await used.json()) as { name: string }).name]).toEqual([200, 'user']);
    await api('PATCH', '/api/v1/users/user', 'admin', { active: false });
    const users = ((await (await api('GET', '/api/v1/users', 'admin')).json()) as { users: { username: string; accountId: string }[] })
      .users;
    const accountOf = (name: string) => users.find(({ username }) => username === name)?.accountId ?? '';

    writeFileSync(path.join(folder, 'managed_accounts.csv'), await (await api('GET', '/api/v1/managed-accounts.csv', 'admin')).text());
    writeFileSync(path.join(folder, 'script.py'), script.replace(HOST, postern.origin).replace(KEY, key));
    const run = spawnSync('python3', ['script.py'], { cwd: folder, encoding: 'utf8' });

    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(wordsOf(run.stdout)).toEqual([
      'Started',
      ...users.map(({ accountId }) => `Getting tokens for account ID: ${accountId}`),
      'Accounts checked: 3',
      'output.csv file was created! Check the results.',
    ]);
    const row = (name: string, { id, label, createdAt }: Record<string, string>, disabled: string): string =>
      [accountOf(name), id, label?.includes(',') === true ? `"${label}"` : label, createdAt, disabled].join(',');
    expect(readFileSync(path.join(folder, 'output.csv'), 'utf8').split('\r\n')).toEqual([
      'Account ID,ID,Label,Created At,Disabled Status',
      row('admin', third, 'False'),
      row('user', first, 'True'),
      row('user', second, 'True'),
      '',
    ]);
  });

  it('reports nothing with a wrong key, and says why [CLD-2, CLD-5]', async () => {
    if (!canRunPython()) return;
    writeFileSync(path.join(folder, 'managed_accounts.csv'), 'Account ID\r\n557058:x\r\n');
    writeFileSync(path.join(folder, 'script.py'), script.replace(HOST, postern.origin).replace(KEY, 'wrong'));
    const run = spawnSync('python3', ['script.py'], { cwd: folder, encoding: 'utf8' });
    expect(run.stdout).toMatch(/Status code: 401, Error message: \{"key":"unauthorized","message":"[^"]+"\}\nAccounts checked: 0\n/);
    expect(readFileSync(path.join(folder, 'output.csv'), 'utf8')).toBe('Account ID,ID,Label,Created At,Disabled Status\r\n');
  });
});
