// The administrators' pages with something on them: users with markup for names, a key, switches, settings.
import type { PageWorld, Scene } from './page-world.js';

/** A name that is markup wherever somebody forgets that it is text; also a formula for a spreadsheet. */
export const HOSTILE_NAME = '=<svg onload=alert(1)>';

/** A user whose name is markup, and a key of that name. */
export async function furnishAdministration(world: PageWorld): Promise<void> {
  await world.ask('admin', 'POST', '/api/v1/users', {
    username: '<b>mallory',
    password: 'a-long-password',
    displayName: HOSTILE_NAME,
    emailAddress: 'mallory@example.com',
    active: false,
  });
  await world.ask('admin', 'POST', '/api/v1/organization-keys', { label: 'weekly report' });
  await world.ask('admin', 'POST', '/api/v1/organization-keys', {
    label: HOSTILE_NAME,
    expiresAt: '2099-12-31',
    scopes: ['read:tokens:admin', 'delete:tokens:admin'],
  });
}

export const ADMINISTRATION_SCENES: readonly Scene[] = [
  {
    name: 'users',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'users', theme);
      await visit.page.getByRole('rowheader', { name: '<b>mallory' }).waitFor();
      return visit;
    },
  },
  {
    name: 'create-user',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'users', theme);
      await visit.page.getByRole('button', { name: 'Create user' }).click();
      await visit.page.getByRole('dialog').getByLabel('User name').fill('carol');
      return visit;
    },
  },
  {
    name: 'organization-keys',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'organization-keys', theme);
      await visit.page.getByRole('rowheader', { name: 'weekly report' }).first().waitFor();
      return visit;
    },
  },
  {
    name: 'organization-key-value',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'organization-keys', theme);
      const { page } = visit;
      await page.getByRole('button', { name: 'Create organization key' }).click();
      await page.getByLabel('Name').fill('made for a picture');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByLabel('Organization key', { exact: true }).waitFor();
      return visit;
    },
  },
  {
    name: 'switches',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'switches', theme);
      await visit.page.getByRole('button', { name: 'Switch off extender.addAuditRecord' }).waitFor();
      return visit;
    },
  },
  {
    name: 'settings',
    async visit(world, theme) {
      const visit = await world.visitAs('admin', 'settings', theme);
      await visit.page.getByRole('rowheader', { name: /^profile/ }).waitFor();
      return visit;
    },
  },
];
