// What people do on the pages, in a real browser on the built server with a real database: one server and one browser for all of it.
import { administrationJourneys, MAIL_PASSWORD } from './administration-journeys.js';
import { openPages, type PageWorld, type Visit } from './page-world.js';
import { furnish, MARKUP, SCENES } from './scenes.js';
import { focused, refuse, statusOf, tabTo } from './visitor.js';

let world: PageWorld | null;

beforeAll(async () => {
  world = await openPages({ POSTERN_MAIL_URL: `smtps://postern:${MAIL_PASSWORD}@mail.example.com:465` });
  if (world !== null) await furnish(world);
}, 120_000);

afterAll(async () => {
  await world?.close();
});

/** Runs a journey where there is a browser; that there is none was said aloud, and fails where everything is required. */
async function expectJourney(work: (world: PageWorld) => Promise<Visit>): Promise<void> {
  if (world === null) return;
  const { context, troubles } = await work(world);
  expect(troubles).toEqual([]);
  await context.close();
}

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  it.each(SCENES)('axe finds nothing on $name, and nothing goes against the page’s policy', (scene) =>
    expectJourney(async (pages) => {
      const visit = await scene.visit(pages, theme);
      expect(await visit.page.evaluate('document.documentElement.dataset.colorMode')).toBe(theme);
      expect(await visit.violations()).toEqual([]);
      return visit;
    }),
  );
});

it('signs in and out; a wrong password is told in words, and the browser asks nothing itself', async () => {
  if (world === null) return;
  const { page, context, troubles, violations } = await world.visit({ path: 'my-tokens' });
  await page.getByLabel('User name').fill('user');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The user name or the password is wrong.').waitFor();
  expect(await violations()).toEqual([]);
  await page.getByLabel('Password').fill('user');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'My tokens' }).waitFor();
  // Administrators' pages are not even offered.
  expect(await page.getByRole('link', { name: 'Tokens', exact: true }).count()).toBe(0);
  await page.reload();
  await page.getByRole('heading', { name: 'My tokens' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await context.cookies(`${world.postern.origin}/api/v1`)).toEqual([]);
  // The refused password alone: no page can keep the browser from noting a 401.
  expect(troubles.filter((text) => !/status of 401/.test(text))).toEqual([]);
  await context.close();
});

it('creates a limited token, shows its value once with a line that works, finds it, and revokes it [PAT-70]', () =>
  expectJourney(async (pages) => {
    const visit = await pages.visitAs('user', 'my-tokens');
    const { page } = visit;
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByLabel('Name').fill('from the page');
    await page.getByLabel('Days until it expires').fill('2');
    await page.getByRole('button', { name: 'Limit to certain requests' }).click();
    await page.getByLabel('Path of rule 1').fill('/jira/rest/api/2/myself');
    await page.getByLabel('Rule 1 matches').selectOption('exact');
    expect(await page.locator('pre').textContent()).toBe('[get]/jira/rest/api/2/myself');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const value = await page.getByLabel('Token', { exact: true }).inputValue();
    const line = await page.getByLabel('Try it', { exact: true }).inputValue();
    expect(line).toBe(`curl -u 'user:${value}' '${pages.postern.origin}/jira/rest/api/2/myself'`);
    expect(await statusOf(pages, value, '/jira/rest/api/2/myself')).toBe(200);
    expect(await statusOf(pages, value, '/jira/rest/api/2/serverInfo')).toBe(403);
    await page.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('row').filter({ hasText: 'from the page' });
    await row.getByText('Expires soon').waitFor();
    expect(await page.content()).not.toContain(value);
    await row.getByRole('button', { name: 'Revoke from the page' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row.waitFor({ state: 'detached' });
    expect(await statusOf(pages, value, '/jira/rest/api/2/myself')).toBe(401);
    return visit;
  }));

it('shows what one’s token was used for, page by page, as text, and says when calls are not collected [EXT-46]', () =>
  expectJourney(async (pages) => {
    const make = (system: string, label: string) =>
      pages.ask<{ value: string }>('user', 'POST', '/api/v1/my/tokens', { system, label, expiresInDays: 30, limitTo: '[get].*' });
    const { value } = await make('extender', 'much used');
    await make('wombats-jira', 'never collected');
    for (let number = 1; number <= 51; number += 1) await statusOf(pages, value, `/jira/rest/api/2/myself/${number}`);
    await refuse(pages, value, MARKUP);
    const visit = await pages.visitAs('user', 'my-tokens');
    const { page } = visit;
    await page.getByRole('link', { name: 'Calls with much used' }).click();
    await page.getByRole('heading', { name: 'Calls with much used' }).waitFor();
    const rows = page.getByRole('region', { name: 'Calls with this token, the newest first' }).locator('tbody tr');
    await page.getByText('1–50 of 52').waitFor();
    expect(await rows.first().innerText()).toMatch(/REFUSED\s+Why\?\s+DELETE \/jira\/rest\/api\/2\/issue\/KANBAN-1\s+403/i);
    await rows.first().getByText(MARKUP, { exact: true }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await rows.nth(1).innerText()).toMatch(/PERMITTED\s+GET \/jira\/rest\/api\/2\/myself\/51\s[^]*\[get\]\.\*/i);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('51–52 of 52').waitFor();
    await page.reload();
    await page.getByRole('rowheader', { name: '/jira/rest/api/2/myself/1', exact: false }).waitFor();
    expect(await rows.count()).toBe(2);
    await page.getByRole('link', { name: 'My tokens' }).last().click();
    await page.getByRole('link', { name: 'Calls with never collected' }).click();
    await page.getByText('Calls are not collected for tokens of this kind.').waitFor();
    return visit;
  }));

it('makes a cloud API token for email and token [CLD-9], and says that it cannot last for ever', () =>
  expectJourney(async (pages) => {
    const visit = await pages.visitAs('user', 'my-tokens/create');
    const { page } = visit;
    await page.getByLabel('Kind').selectOption({ label: 'Cloud API tokens' });
    expect(await page.getByLabel('Expires by itself').isDisabled()).toBe(true);
    expect(await page.getByLabel('Days until it expires').inputValue()).toBe('365');
    await page.getByLabel('Name').fill('cloud script');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toMatch(/^ATATT3xFfGF0/);
    expect(await page.getByLabel('Try it', { exact: true }).inputValue()).toContain("-u 'user@example.com:ATATT3xFfGF0");
    return visit;
  }));

it('warns of what is too wide, and no more once it is narrow', () =>
  expectJourney(async (pages) => {
    const visit = await pages.visitAs('user', 'my-tokens/create');
    const { page } = visit;
    const warnings = page.getByRole('status').filter({ hasText: 'Wider than it may need to be' });
    await page.getByText('the token opens everything that its user may do').waitFor();
    await page.getByRole('button', { name: 'Limit to certain requests' }).click();
    await page.getByLabel('Path of rule 1').fill('/jira/rest/api/2/myself');
    await page.getByLabel('Addresses').fill('0.0.0.0/0');
    await page.getByText('0.0.0.0/0 is a very large range.').waitFor();
    await page.getByLabel('Addresses').fill('10.0.0.0/8');
    await warnings.waitFor({ state: 'detached' });
    return visit;
  }));

it('tries what is put together on requests while it is typed [GW-25]', () =>
  expectJourney(async (pages) => {
    const visit = await pages.visitAs('user', 'my-tokens/create');
    const { page } = visit;
    const tried = (request: string) => page.getByRole('listitem').filter({ hasText: request });
    await tried('DELETE /jira/rest/api/2/issue/KANBAN-1').getByText('Permitted', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Limit to certain requests' }).click();
    await page.getByLabel('Path of rule 1').fill('/jira/rest/api/2/issue/{issueIdOrKey}');
    await tried('DELETE /jira/rest/api/2/issue/KANBAN-1').getByText('Refused', { exact: true }).waitFor();
    await tried('GET /jira/rest/api/2/issue/KANBAN-1').getByText('Permitted', { exact: true }).waitFor();
    await page.getByLabel('Your own request').fill('/jira/rest/api/2/issue/KANBAN-1/comment?expand=x');
    await tried('GET /jira/rest/api/2/issue/KANBAN-1/comment?expand=x').getByText('Permitted', { exact: true }).waitFor();
    await page.getByLabel('Addresses').fill('192.0.2.1');
    await tried('GET /jira/rest/api/2/issue/KANBAN-1').first().getByText('Refused', { exact: true }).waitFor();
    return visit;
  }));

it('shows markup in labels and rules as text everywhere', () =>
  expectJourney(async (pages) => {
    const visit = await pages.visitAs('admin', 'tokens');
    const { page } = visit;
    await page.getByRole('rowheader', { name: MARKUP }).waitFor();
    await page.getByRole('button', { name: `Revoke ${MARKUP}` }).click();
    await page.getByRole('dialog').getByText(MARKUP).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    return visit;
  }));

it('is used with the keyboard alone, from signing in to revoking, and the focus comes back', () =>
  expectJourney(async (pages) => {
    await pages.ask('user', 'POST', '/api/v1/my/tokens', { system: 'wombats-jira', label: 'by keyboard' });
    const visit = await pages.visit({ path: 'my-tokens' });
    const { page } = visit;
    await page.getByLabel('User name').waitFor();
    await page.keyboard.type('user');
    await page.keyboard.press('Tab');
    await page.keyboard.type('user');
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'by keyboard' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Revoke by keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Revoke by keyboard');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Revoke');
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'by keyboard' }).waitFor({ state: 'detached' });
    return visit;
  }));

it('filters and sorts every token of the site, keeps that in the address, and revokes many at once [PAT-71]', () =>
  expectJourney(async (pages) => {
    for (let made = 0; made < 45; made += 1) {
      await pages.ask('user', 'POST', '/api/v1/my/tokens', { system: 'extender', label: `many ${made}`, expiresInDays: 30 });
    }
    const visit = await pages.visitAs('admin', 'tokens');
    const { page } = visit;
    await page.getByLabel('Name contains').fill('MANY');
    await page.getByLabel('Never used').check();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('45 entries').waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    await page.getByRole('columnheader', { name: 'Name' }).and(page.locator('[aria-sort=ascending]')).waitFor();
    await page.waitForFunction("document.querySelector('tbody th').textContent === 'many 0'");
    expect(new URL(page.url()).search).toBe('?sort=label&label=MANY&lastUsed=never');
    await page.reload();
    await page.getByText('45 entries').waitFor();
    await page.getByLabel('Select every token on this page').check();
    await page.getByRole('button', { name: 'Bulk revoke (45)' }).click();
    await page.getByRole('button', { name: 'Revoke 45 tokens' }).click();
    await page.getByText('No token fits.').waitFor();
    expect((await pages.ask<{ total: number }>('admin', 'GET', '/api/v1/tokens?label=many')).total).toBe(0);
    return visit;
  }));

it('lets an administrator make a token for a user', () =>
  expectJourney(async (pages) => {
    const visit = await pages.visitAs('admin', 'tokens?owner=jankowalski');
    const { page } = visit;
    await page.getByRole('button', { name: 'Create token for jankowalski' }).click();
    await page.getByLabel('Name').fill('for jan');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    expect(await page.getByLabel('Try it', { exact: true }).inputValue()).toContain("-u 'jankowalski:");
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('rowheader', { name: 'for jan' }).waitFor();
    return visit;
  }));

it('goes back to signing in when the session has ended elsewhere', async () => {
  if (world === null) return;
  const { page, context } = await world.visitAs('jankowalski', 'my-tokens');
  // The same one: a change ends every session all the same.
  await world.ask('admin', 'PATCH', '/api/v1/users/jankowalski', { password: 'jankowalski' });
  await page.getByRole('button', { name: 'Create token' }).click();
  const told = page.getByText('Your session has ended. Sign in again.');
  await told.waitFor();
  expect(await told.isVisible()).toBe(true);
  await context.close();
});

it('keeps the theme that was chosen', () =>
  expectJourney(async (pages) => {
    const visit = await pages.visitAs('user', 'my-tokens');
    const { page } = visit;
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Switch to light' }).waitFor();
    expect(await page.evaluate('document.documentElement.dataset.colorMode')).toBe('dark');
    return visit;
  }));

describe('administrators’ pages [CLD-3, CLD-6, WOM-4]', () => {
  administrationJourneys(expectJourney);
});
