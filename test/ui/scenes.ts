// Every page with something on it: what the screenshots show, and what axe is run on, light and dark.
import { ADMINISTRATION_SCENES, furnishAdministration } from './administration-scenes.js';
import { AUDIT_SCENES } from './audit-scenes.js';
import type { PageWorld, Scene } from './page-world.js';

/** A label and a rule that are markup wherever somebody forgets that they are text. */
export const MARKUP = '<img src=x onerror=alert(1)>';

/** Tokens of every system for the demo users; some of them used. */
export async function furnish(world: PageWorld): Promise<void> {
  const make = (system: string, label: string, more: object = {}) =>
    world.ask<{ value: string; username: string | null }>('user', 'POST', '/api/v1/my/tokens', { system, label, ...more });
  const ci = await make('extender', 'ci-deploy', {
    expiresInDays: 90,
    limitTo: '[get,post]/jira/rest/api/2/issue.*',
    ip: '10.0.0.0/8,127.0.0.1',
  });
  await make('wombats-jira', 'jenkins-backup', { expiresInDays: 5 });
  await make('wombats-confluence', 'wiki-export', { expiresInDays: null });
  await make('personal-access-tokens-jira', 'my laptop', { expiresInDays: 30 });
  await make('cloud-api-tokens', 'reporting', { expiresInDays: 3, limitTo: '[get].*' });
  await make('extender', MARKUP, { limitTo: '[get].*<b>bold</b>' });
  const use = (method: string, path: string, userAgent: string) =>
    fetch(world.postern.origin + path, {
      method,
      headers: { Authorization: `Basic ${Buffer.from(`user:${ci.value}`).toString('base64')}`, 'User-Agent': userAgent },
    }).then((answer) => answer.arrayBuffer());
  for (let times = 0; times < 2; times += 1)
    await use('GET', '/jira/rest/api/2/issue/createmeta/KANBAN/issuetypes', 'ci-runner/17.4 (linux)');
  await use('DELETE', '/jira/rest/api/2/issue/KANBAN-1', MARKUP);
  await furnishAdministration(world);
}

export const SCENES: readonly Scene[] = [
  {
    name: 'sign-in',
    async visit(world, theme) {
      const visit = await world.visit({ theme });
      await visit.page.getByRole('heading', { name: 'Sign in' }).waitFor();
      return visit;
    },
  },
  {
    name: 'my-tokens',
    async visit(world, theme) {
      const visit = await world.visitAs('user', 'my-tokens', theme);
      await visit.page.getByRole('rowheader', { name: 'ci-deploy' }).waitFor();
      return visit;
    },
  },
  {
    name: 'calls',
    async visit(world, theme) {
      const visit = await world.visitAs('user', 'my-tokens', theme);
      const { page } = visit;
      await page.getByRole('link', { name: 'Calls with ci-deploy' }).click();
      await page.getByRole('rowheader', { name: 'DELETE /jira/rest/api/2/issue/KANBAN-1' }).waitFor();
      return visit;
    },
  },
  {
    name: 'revoke',
    async visit(world, theme) {
      const visit = await world.visitAs('user', 'my-tokens', theme);
      await visit.page.getByRole('button', { name: 'Revoke ci-deploy' }).click();
      await visit.page.getByRole('dialog').waitFor();
      return visit;
    },
  },
  {
    name: 'create-token',
    async visit(world, theme) {
      const visit = await world.visitAs('user', 'my-tokens/create', theme);
      const { page } = visit;
      await page.getByLabel('Name').fill('ci-deploy');
      await page.getByRole('button', { name: 'Limit to certain requests' }).click();
      await page.getByLabel('Path of rule 1').fill('/jira/rest/api/2/issue/{issueIdOrKey}');
      await page.getByLabel('Addresses').fill('127.0.0.0/8');
      await page.getByText('Refused', { exact: true }).first().waitFor();
      await page.setViewportSize({ width: 1280, height: 1400 });
      return visit;
    },
  },
  {
    name: 'token-value',
    async visit(world, theme) {
      const visit = await world.visitAs('user', 'my-tokens/create', theme);
      const { page } = visit;
      await page.getByLabel('Name').fill('made for a picture');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('dialog').waitFor();
      return visit;
    },
  },
  {
    name: 'tokens',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'tokens', theme);
      await visit.page.getByLabel('Select ci-deploy').check();
      return visit;
    },
  },
  {
    name: 'bulk-revoke',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'tokens', theme);
      await visit.page.getByLabel('Select every token on this page').check();
      await visit.page.getByRole('button', { name: /^Bulk revoke/ }).click();
      await visit.page.getByRole('dialog').waitFor();
      return visit;
    },
  },
  ...ADMINISTRATION_SCENES,
  ...AUDIT_SCENES,
];
