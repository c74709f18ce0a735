// What administrators do on their pages: users, organization keys, switches, settings. Run by journeys.test.ts, on its server and browser.
import { readFileSync } from 'node:fs';
import type { SettingAnswer, UserAnswer } from '../../src/admin/api-types.js';
import { HOSTILE_NAME } from './administration-scenes.js';
import type { PageWorld, Visit } from './page-world.js';
import { focused, statusOf } from './visitor.js';

/** A secret among the settings. */
export const MAIL_PASSWORD = 'not-for-any-page';

/** Declares the journeys. */
export function administrationJourneys(expectJourney: (work: (world: PageWorld) => Promise<Visit>) => Promise<void>): void {
  it('makes, finds, changes and deletes a user, shows the account id, and gives out the managed accounts [CLD-6]', () =>
    expectJourney(async (pages) => {
      const visit = await pages.visitAs('admin', 'users');
      const { page } = visit;
      await page.getByRole('button', { name: 'Create user' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('User name').fill('carol/x');
      await dialog.getByLabel('Password').fill('carol-password');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await dialog.getByText('it stands in the path of its own resource').waitFor();
      expectOnlyStatus(visit, 400);
      await dialog.getByLabel('User name').fill('carol x');
      await dialog.getByLabel('E-mail address').fill('carol@example.com');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('button', { name: 'Edit carol x' }).click();
      await dialog.getByLabel('Full name').fill('Carol Example');
      await dialog.getByLabel('Is an administrator').check();
      await dialog.getByRole('button', { name: 'Save' }).click();
      const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'carol x' }) });
      await row.getByText('Carol Example').waitFor();
      await row.getByText('Administrator').waitFor();
      const carol = await pages.ask<UserAnswer>('admin', 'GET', '/api/v1/users/carol%20x');
      expect(carol).toMatchObject({ displayName: 'Carol Example', emailAddress: 'carol@example.com', administrator: true, active: true });
      expect(await row.getByText(carol.accountId).isVisible()).toBe(true);
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Managed accounts (CSV)' }).click(),
      ]);
      const file = readFileSync(await saved.path(), 'utf8').replaceAll('\r\n', '\n');
      expect(file).toContain(`\n${carol.accountId},carol x,Carol Example,carol@example.com,Active\n`);
      // A spreadsheet is not to calculate what somebody is called.
      expect(file).toContain(`'${HOSTILE_NAME}`);
      await page.getByLabel('User name, in full').fill('CAROL X');
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByText('1 entry').waitFor();
      expect(new URL(page.url()).search).toBe('?username=CAROL+X');
      await page.getByRole('button', { name: 'Delete carol x' }).click();
      await dialog.getByText('“carol x” can no longer sign in').waitFor();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await page.getByText('There is no such user.').waitFor();
      expectOnlyStatus(visit, 404);
      return visit;
    }));

  it('sets a user’s password and makes the user inactive; neither the password nor the way in is left over', () =>
    expectJourney(async (pages) => {
      await pages.ask('admin', 'POST', '/api/v1/users', { username: 'dora', password: 'dora' });
      const visit = await pages.visitAs('admin', 'users?username=dora');
      const { page } = visit;
      const mayCome = async (password: string) => (await login(pages, 'dora', password)).status;
      await page.getByRole('button', { name: 'Set password of dora' }).click();
      await page.getByLabel('New password').fill('quite another');
      await page.getByRole('dialog').getByRole('button', { name: 'Set password' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await focused(page)).toBe('Set password of dora');
      expect([await mayCome('dora'), await mayCome('quite another')]).toEqual([401, 200]);
      expect(await page.content()).not.toContain('quite another');
      await page.getByRole('button', { name: 'Edit dora' }).click();
      await page.getByLabel('Is active: may sign in, and tokens work').uncheck();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('row').getByText('Inactive').waitFor();
      expect(await mayCome('quite another')).toBe(401);
      await page.getByRole('link', { name: 'Create token for dora' }).click();
      await page.getByRole('heading', { name: 'Create token for dora' }).waitFor();
      return visit;
    }));

  it('pages through the users, and keeps the page in the address', () =>
    expectJourney(async (pages) => {
      const visit = await pages.visitAs('admin', 'users?startAt=2');
      const { page } = visit;
      await page.getByText(/^3–\d of \d$/).waitFor();
      expect(await page.getByRole('rowheader', { name: 'admin' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Previous' }).click();
      await page.getByRole('rowheader', { name: 'admin' }).waitFor();
      expect(new URL(page.url()).search).toBe('?startAt=0');
      return visit;
    }));

  it('makes an organization key, shows its value once with a line that works, and revokes it [CLD-3]', () =>
    expectJourney(async (pages) => {
      const visit = await pages.visitAs('admin', 'organization-keys');
      const { page } = visit;
      await page.getByRole('button', { name: 'Create organization key' }).click();
      await page.getByLabel('Name').fill('from the page');
      await page.getByLabel('Expires').fill('2099-12-31');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      const key = await page.getByLabel('Organization key', { exact: true }).inputValue();
      const line = await page.getByLabel('Try it', { exact: true }).inputValue();
      const [, header, url] = /^curl -H 'Authorization: (.*)' '(.*)'$/.exec(line) ?? [];
      expect(header).toBe(`Bearer ${key}`);
      const use = async () => (await fetch(url ?? '', { headers: { Authorization: header ?? '' } })).status;
      expect(await use()).toBe(200);
      await page.getByRole('button', { name: 'Done' }).click();
      const row = page.getByRole('row').filter({ hasText: 'from the page' });
      await row.getByText('31 Dec 2099').waitFor();
      expect(await page.content()).not.toContain(key);
      await row.getByRole('button', { name: 'Revoke from the page' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await row.waitFor({ state: 'detached' });
      expect(await use()).toBe(401);
      return visit;
    }));

  it('makes an organization key with scopes, which has a line for the resources that it opens', () =>
    expectJourney(async (pages) => {
      const visit = await pages.visitAs('admin', 'organization-keys');
      const { page } = visit;
      await page.getByRole('button', { name: 'Create organization key' }).click();
      await page.getByLabel('Name').fill('with scopes');
      await page.getByLabel('Scopes').fill('read:tokens:admin, read:users:admin');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      const [, header, url] =
        /^curl -H 'Authorization: (.*)' '(.*)'$/.exec(await page.getByLabel('Try it', { exact: true }).inputValue()) ?? [];
      expect((await fetch(url ?? '', { headers: { Authorization: header ?? '' } })).status).toBe(200);
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('row').filter({ hasText: 'with scopes' }).getByText('read:tokens:admin read:users:admin').waitFor();
      return visit;
    }));

  it('switches a licence off after asking, which holds at once and is told apart from what is set [WOM-4]', () =>
    expectJourney(async (pages) => {
      const { value } = await pages.ask<{ value: string }>('user', 'POST', '/api/v1/my/tokens', {
        system: 'wombats-jira',
        label: 'licensed',
      });
      const visit = await pages.visitAs('admin', 'switches');
      const { page } = visit;
      const dialog = page.getByRole('dialog');
      expect(await statusOf(pages, value, '/jira/rest/api/2/myself')).toBe(200);
      await page.getByRole('button', { name: 'Switch off jira.wombats.licensed' }).click();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await statusOf(pages, value, '/jira/rest/api/2/myself')).toBe(200);
      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: 'Switch off' }).click();
      const row = page.getByRole('row').filter({ hasText: 'jira.wombats.licensed' });
      await row.getByText('Switched', { exact: true }).waitFor();
      expect(await row.getByText('Off', { exact: true }).isVisible()).toBe(true);
      expect(await statusOf(pages, value, '/jira/rest/api/2/myself')).toBe(401);
      await row.getByRole('button', { name: 'Switch on jira.wombats.licensed' }).click();
      await dialog.getByRole('button', { name: 'Switch on' }).click();
      await row.getByText('On', { exact: true }).waitFor();
      expect(await statusOf(pages, value, '/jira/rest/api/2/myself')).toBe(200);
      return visit;
    }));

  it('shows every setting with its origin and its variable, finds them by words, and shows no secret', () =>
    expectJourney(async (pages) => {
      const visit = await pages.visitAs('admin', 'settings');
      const { page } = visit;
      const all = await pages.ask<readonly SettingAnswer[]>('admin', 'GET', '/api/v1/settings');
      await page.getByText(`${all.length} of ${all.length} settings`).waitFor();
      await page.getByLabel('Only what is not the default').check();
      await page.getByRole('row').filter({ hasText: 'POSTERN_DATA' }).getByText(pages.postern.dataFolder).waitFor();
      await page.getByLabel('Search settings').fill('MAIL server');
      await page.getByText(`1 of ${all.length} settings`).waitFor();
      const row = page.getByRole('row').filter({ hasText: 'POSTERN_MAIL_URL' });
      expect(await row.innerText()).toMatch(/Set, and not shown\s+ENVIRONMENT/i);
      expect(await page.content()).not.toContain(MAIL_PASSWORD);
      await page.getByLabel('Only what is not the default').uncheck();
      await page.getByLabel('Search settings').fill('postern_jira_data_center');
      await page.getByRole('link', { name: 'Change jira.dataCenter' }).click();
      await page.getByRole('heading', { name: 'Switches and licences' }).waitFor();
      return visit;
    }));

  it('shows markup in the names of users and keys as text', () =>
    expectJourney(async (pages) => {
      const visit = await pages.visitAs('admin', 'users');
      const { page } = visit;
      await page.getByText(HOSTILE_NAME).waitFor();
      await page.getByRole('button', { name: 'Delete <b>mallory' }).click();
      await page.getByRole('dialog').getByText('“<b>mallory”').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Organization keys' }).click();
      await page.getByRole('button', { name: `Revoke ${HOSTILE_NAME}` }).click();
      await page.getByRole('dialog').getByText(HOSTILE_NAME).waitFor();
      expect(await page.locator('svg').count()).toBe(0);
      return visit;
    }));
}

function login({ postern }: PageWorld, username: string, password: string): Promise<Response> {
  return fetch(`${postern.origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
}

/** That nothing but an answer of that status went wrong: no page can keep the browser from noting one. */
function expectOnlyStatus({ troubles }: Visit, status: number): void {
  expect(troubles.splice(0).filter((text) => !text.includes(`status of ${status}`))).toEqual([]);
}
