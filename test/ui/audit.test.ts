// The audit log and explanations as people use them: real requests make the records, a real browser shows them.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { type AuditFurniture, furnishAudit, HOSTILE, useToken } from './audit-scenes.js';
import { openPages, type PageWorld, type Visit } from './page-world.js';
import { MARKUP } from './scenes.js';

let world: PageWorld | null;
let bot: AuditFurniture;

beforeAll(async () => {
  world = await openPages();
  if (world !== null) bot = await furnishAudit(world);
}, 120_000);

afterAll(async () => {
  await world?.close();
});

/** Runs a journey where there is a browser; that there is none was said aloud, and fails where everything is required. */
async function journey(work: (world: PageWorld) => Promise<Visit>): Promise<void> {
  if (world === null) return;
  const { context, troubles } = await work(world);
  expect(troubles).toEqual([]);
  await context.close();
}

const ISSUE = '/jira/rest/api/2/issue/KANBAN-1';

function rows(page: Page) {
  return page.getByRole('region', { name: 'Audit records, the newest first' }).locator('tbody tr');
}

function timeline(): string {
  return `audit?system=extender&tokenRef=${encodeURIComponent(bot.tokenRef)}`;
}

/** What a link to an export brings, saved by the browser itself. */
async function download(page: Page, name: string): Promise<string> {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
  return readFileSync(await saved.path(), 'utf8');
}

it('finds records by text, user and decision, keeps that in the address, and lets go of it again [AUD-23]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', 'audit');
    const { page } = visit;
    await page.getByLabel('Search').fill('ONERROR=ALERT');
    await page.getByLabel('User', { exact: true }).fill('jankowalski');
    await page.getByLabel('Decision').selectOption('Refused');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText(/^1 shown, of /).waitFor();
    expect(new URL(page.url()).search).toBe('?search=ONERROR%3DALERT&user=jankowalski&decision=deny');
    expect(await rows(page).innerText()).toMatch(/REFUSED\s+jankowalski[^]*POST \/jira\/rest\/api\/2\/issue\/KANBAN-1\/comment\s+403/i);
    await page.reload();
    await page.getByText(/^1 shown, of /).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Sign-in with a password').first().waitFor();
    expect(new URL(page.url()).search).toBe('');
    return visit;
  }));

it('narrows a token’s requests by status and by address [AUD-23]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', `${timeline()}&kind=request`);
    const { page } = visit;
    await page.getByText(/^7 shown, of /).waitFor();
    await page.getByLabel('Status', { exact: true }).fill('403');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText(/^2 shown, of /).waitFor();
    await page.getByLabel('Address', { exact: true }).fill('192.0.2.1');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText(/^0 shown, of /).waitFor();
    expect(await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href')).toMatch(
      /&status=403$|&address=192\.0\.2\.1&status=403/,
    );
    return visit;
  }));

it('shows nothing from outside the time that is asked for [AUD-23]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', 'audit');
    const { page } = visit;
    await page.getByLabel('Time', { exact: true }).selectOption('Between…');
    await page.getByLabel('From', { exact: true }).fill('2001-01-01T00:00');
    await page.getByLabel('To', { exact: true }).fill('2001-02-01T00:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('No record fits.').waitFor();
    await page.getByText('Nothing was recorded in this time.').waitFor();
    // What has an end cannot be followed.
    expect(await page.getByRole('button', { name: 'Follow live' }).count()).toBe(0);
    return visit;
  }));

it('pages to the oldest record without showing any twice or leaving one out [AUD-23]', () =>
  journey(async (pages) => {
    const { tokenRef, value } = await pages.ask<AuditFurniture>('admin', 'POST', '/api/v1/users/jankowalski/tokens', {
      system: 'extender',
      label: 'often used',
    });
    const often = Array.from({ length: 60 }, (_each, index) => `${ISSUE}/${index}`);
    for (const path of often) await useToken(pages, { tokenRef, value }, 'GET', path);
    const visit = await pages.visitAs('admin', `audit?kind=request&system=extender&tokenRef=${encodeURIComponent(tokenRef)}`);
    const { page } = visit;
    await page.getByText(/^50 shown, of /).waitFor();
    await page.getByRole('button', { name: 'Show older records' }).click();
    await page.getByText(/^60 shown, of /).waitFor();
    expect(await rows(page).getByRole('rowheader').allInnerTexts()).toEqual(often.map((path) => `GET ${path}`).reverse());
    expect(await page.getByRole('button', { name: 'Show older records' }).count()).toBe(0);
    return visit;
  }));

it('leads from a token to its timeline, from its making on, with where it was used from [AUD-23, EXT-46]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', 'tokens?owner=jankowalski');
    const { page } = visit;
    await page.getByRole('link', { name: `Timeline of ${HOSTILE.label}` }).click();
    await page.getByRole('heading', { name: `Timeline of ${HOSTILE.label}` }).waitFor();
    await page.getByText('token.created').waitFor();
    await page.getByRole('row', { name: /^127\.0\.0\.1 .* 7 / }).waitFor();
    expect(await rows(page).count()).toBe(8);
    // The one that made it, and the one whose it is.
    const users = await rows(page).locator('td:nth-child(3)').allInnerTexts();
    expect([...new Set(users)]).toEqual(['jankowalski', 'admin']);
    return visit;
  }));

it('shows new records as they come to whoever follows, each once and with how it ended, and stops when told [AUD-23]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', timeline());
    const { page } = visit;
    await page.getByText('token.created').waitFor();
    // The list is read again when the stream has begun: what comes from then on is told.
    const begun = page.waitForResponse((response) => response.url().includes('/api/v1/audit?'));
    await page.getByRole('button', { name: 'Follow live' }).click();
    await page.getByText('Following: new records appear on top.').waitFor();
    await begun;
    expect(await useToken(pages, bot, 'PUT', ISSUE)).toBe(403);
    await page.getByText('Following: 1 new.').waitFor();
    const first = rows(page).first();
    await first.getByText(`PUT ${ISSUE}`).waitFor();
    await first.getByText('403').waitFor();
    expect(await rows(page).getByText(`PUT ${ISSUE}`).count()).toBe(1);
    await page.getByRole('button', { name: 'Stop following' }).click();
    await page.getByText(/^9 shown, of /).waitFor();
    await useToken(pages, bot, 'PATCH', ISSUE);
    await page.getByRole('button', { name: 'Show', exact: true }).waitFor();
    expect(await page.getByText(`PATCH ${ISSUE}`).count()).toBe(0);
    return visit;
  }));

it('draws uses and denials over time, and says the same in words and in a table [AUD-23]', () =>
  journey(async (pages) => {
    const { steps } = await pages.ask<{ steps: { uses: number; denials: number }[] }>('admin', 'GET', '/api/v1/audit/chart?bucket=day');
    const sum = (name: 'uses' | 'denials'): number => steps.reduce((total, step) => total + step[name], 0);
    expect([sum('uses') >= 7, sum('denials') >= 2]).toEqual([true, true]);
    const visit = await pages.visitAs('admin', 'audit');
    const { page } = visit;
    const chart = page.getByRole('img', { name: 'Uses of tokens and denials' });
    await chart.waitFor();
    expect(await chart.locator('desc').textContent()).toContain(
      `${sum('uses')} uses of tokens, drawn upwards, and ${sum('denials')} denials`,
    );
    const [up, down] = [chart.locator('rect.postern-uses'), chart.locator('rect.postern-denials')];
    expect([await up.count(), await down.count()]).toEqual([steps.length, steps.length]);
    await page.getByText('As a table').click();
    const table = page.getByRole('region', { name: 'Uses of tokens and denials over time' });
    const last = await table.locator('tbody tr').first().locator('td').allInnerTexts();
    expect(last.slice(0, 2)).toEqual([String(steps.at(-1)?.uses), String(steps.at(-1)?.denials)]);
    expect(await visit.violations()).toEqual([]);
    return visit;
  }));

it('exports what the filters let through, markup as text and formulas defused [AUD-22]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', `${timeline()}&decision=deny`);
    const { page } = visit;
    await page.getByText('release-bot').first().waitFor();
    const csv = await download(page, 'Export as CSV');
    const [head = '', ...lines] = csv.trimEnd().split('\r\n');
    const shown = await rows(page).count();
    expect(head.split(',').slice(0, 4)).toEqual(['requestId', 'time', 'decision', 'actor']);
    expect([lines.length, lines.every((line) => line.split(',')[2] === 'deny')]).toEqual([shown, true]);
    expect(csv).toContain(`,${HOSTILE.userAgent},`);
    // What a spreadsheet would calculate begins with an apostrophe.
    expect(csv).toContain(`,"'${HOSTILE.formula.replaceAll('"', '""')}",`);
    const records = (await download(page, 'Export as JSON Lines')).trimEnd().split('\n');
    const agents = records.map((line) => (JSON.parse(line) as { userAgent: string }).userAgent);
    expect(agents).toEqual(expect.arrayContaining([HOSTILE.userAgent, HOSTILE.formula]));
    expect(records).toHaveLength(shown);
    return visit;
  }));

it('shows markup from clients as text: in the list, in the details, in explanations', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', `audit?user=jankowalski&decision=deny&search=onerror`);
    const { page } = visit;
    await page.getByRole('button', { name: /^Details of POST/ }).click();
    await page.getByRole('dialog').getByText(HOSTILE.userAgent).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Why?' }).click();
    await page.getByText(HOSTILE.label).first().waitFor({ state: 'attached' });
    await page.goto(`${pages.postern.origin}/ui/audit?search=${encodeURIComponent(MARKUP)}&user=${encodeURIComponent(MARKUP)}`);
    await page.getByText('No record fits.').waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe(MARKUP);
    expect(await page.locator('img[src="x"], svg[onload], script:not([src])').count()).toBe(0);
    return visit;
  }));

it('gives the focus back to the record whose details were closed', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', 'audit?user=jankowalski&decision=deny&search=onerror');
    const { page } = visit;
    const details = page.getByRole('button', { name: /^Details of POST/ });
    await details.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await details.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
    return visit;
  }));

it('shows a user no log: not in the menu, not by its address, not by the session [AUD-23]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('user', 'audit');
    const { page } = visit;
    await page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
    const cookie = (await visit.context.cookies(`${pages.postern.origin}/api/v1`)).map(({ name, value }) => `${name}=${value}`).join('; ');
    for (const path of ['audit', 'audit/chart', 'audit/stream', 'audit.csv', 'audit.jsonl']) {
      const answer = await fetch(`${pages.postern.origin}/api/v1/${path}`, { headers: { Cookie: cookie } });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    return visit;
  }));

it('explains a refused record: every rule with why it did not match, as of then, and what would permit it [GW-25]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', `${timeline()}&decision=deny`);
    const { page } = visit;
    await page.getByRole('link', { name: `Why was DELETE ${ISSUE} refused?` }).click();
    const answer = page.getByRole('region', { name: 'Refused', exact: true });
    await answer.getByText('The client gets status 403 (policy.limits).').waitFor();
    expect([await page.getByLabel('Method').inputValue(), await page.getByLabel('Path or URL').inputValue()]).toEqual(['DELETE', ISSUE]);
    expect(await page.getByLabel(/^As of .*, when it was asked for$/).isChecked()).toBe(true);
    await page.getByText('It had query parameters (deleteSubtasks)').waitFor();
    await answer.getByRole('row', { name: '[get]/jira/rest/api/2/issue/.* Another method' }).waitFor();
    await answer.getByText('Addresses: 127.0.0.1,10.0.0.0/8').waitFor();
    await answer.getByRole('row', { name: /^policy Permits Matches/ }).waitFor();
    const failing = answer.getByRole('listitem').filter({ hasText: 'Does not hold' });
    expect(await failing.allInnerTexts()).toEqual([expect.stringContaining('Rules of the token')]);
    await page.getByLabel('Client address').fill('192.0.2.1');
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await failing.filter({ hasText: 'Address' }).waitFor();
    return visit;
  }));

it('explains one’s own token to a user, whose narrowest rule, copied into a new token, permits just that [GW-25]', () =>
  journey(async (pages) => {
    const make = (label: string, limitTo: string) =>
      pages.ask<AuditFurniture>('user', 'POST', '/api/v1/my/tokens', { system: 'extender', label, limitTo });
    await make('narrow one', '[get]/jira/rest/api/2/myself');
    const visit = await pages.visitAs('user', 'my-tokens');
    const { page, context } = visit;
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('link', { name: 'Explain what narrow one opens' }).click();
    // Nobody else's: what a user may pick is his own.
    await page.getByRole('option', { name: 'narrow one (Extender API tokens)' }).waitFor({ state: 'attached' });
    expect((await page.getByLabel('Token', { exact: true }).innerText()).includes('release-bot')).toBe(false);
    expect(await page.getByLabel('Tokens of the user').count()).toBe(0);
    await page.getByLabel('Path or URL').fill('/jira/rest/api/2/serverInfo');
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await page.getByRole('row', { name: '[get]/jira/rest/api/2/myself Another path' }).waitFor();
    await page.getByRole('button', { name: 'Copy: The narrowest rule that would permit it' }).click();
    await page.getByText('Copied').waitFor();
    const rule = await page.evaluate<string>('navigator.clipboard.readText()');
    const { value } = await make('as explained', rule);
    const status = async (path: string) =>
      (await fetch(pages.postern.origin + path, { headers: { Authorization: `Basic ${Buffer.from(`user:${value}`).toString('base64')}` } }))
        .status;
    expect([await status('/jira/rest/api/2/serverInfo'), await status('/jira/rest/api/2/myself')]).toEqual([200, 403]);
    return visit;
  }));

it('asks about the body that is given, with its type, and about the moment that is meant [GW-25]', () =>
  journey(async (pages) => {
    const visit = await pages.visitAs('admin', `${timeline()}&decision=deny`);
    const { page } = visit;
    const asked = () => page.waitForRequest((request) => request.url().endsWith('/api/v1/explain'));
    const [first] = await Promise.all([asked(), page.getByRole('link', { name: `Why was DELETE ${ISSUE} refused?` }).click()]);
    const at = expect.stringMatching(/^\d{4}-.*Z$/) as unknown;
    const of = { system: 'extender', tokenRef: bot.tokenRef, method: 'DELETE', url: ISSUE, address: '127.0.0.1' };
    expect(first.postDataJSON()).toEqual({ ...of, at });
    await page.getByRole('region', { name: 'Refused', exact: true }).waitFor();
    await page.locator('summary', { hasText: 'Body' }).click();
    await page.getByLabel('Body', { exact: true }).fill('a=b');
    await page.getByLabel('Type of the body').selectOption('application/x-www-form-urlencoded');
    await page.getByLabel(/^As of /).uncheck();
    expect(await visit.violations()).toEqual([]);
    const [second] = await Promise.all([asked(), page.getByRole('button', { name: 'Explain', exact: true }).click()]);
    expect(second.postDataJSON()).toEqual({ ...of, body: 'a=b', contentType: 'application/x-www-form-urlencoded' });
    return visit;
  }));

it('explains a rule that asks about the body [GW-25]', () =>
  journey(async (pages) => {
    const limitTo = '[post]/jira/rest/api/2/issue[JsonData::fields.project.key==KANBAN]';
    const json = { system: 'extender', label: 'of one project', limitTo };
    const { tokenRef } = await pages.ask<AuditFurniture>('user', 'POST', '/api/v1/my/tokens', json);
    const request = `tokenRef=${encodeURIComponent(tokenRef)}&method=POST&url=/jira/rest/api/2/issue`;
    const visit = await pages.visitAs('user', `explain?system=extender&${request}`);
    const { page } = visit;
    await page.getByRole('row', { name: `${limitTo} The body does not fit` }).waitFor();
    await page.locator('summary', { hasText: 'Body' }).click();
    await page.getByLabel('Body', { exact: true }).fill('{"fields":{"project":{"key":"KANBAN"}}}');
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await page.getByText('The request is permitted.').waitFor();
    expect(await page.getByText('The narrowest rule').count()).toBe(0);
    return visit;
  }));

it('tells a user of somebody else’s token what it tells of none', async () => {
  if (world === null) return;
  const query = `system=extender&tokenRef=${encodeURIComponent(bot.tokenRef)}&method=GET&url=${ISSUE}`;
  const { page, context, troubles } = await world.visitAs('user', `explain?${query}`);
  await page.getByText('There is no such token.').waitFor();
  expect(await page.content()).not.toContain('release-bot');
  // The 404 alone: no page can keep the browser from noting it.
  expect(troubles.filter((text) => !/status of 404/.test(text))).toEqual([]);
  await context.close();
});
