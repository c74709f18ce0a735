// What the journeys ask of a visitor's page and of the server beside it.
import type { Page } from 'playwright-core';
import type { PageWorld } from './page-world.js';

/** The status of a request of the demo user's with a token's value. */
export async function statusOf(pages: PageWorld, value: string, path: string): Promise<number> {
  const headers = { Authorization: `Basic ${Buffer.from(`user:${value}`).toString('base64')}` };
  return (await fetch(pages.postern.origin + path, { headers })).status;
}

/** A request of the demo user's that a token for reading does not open. */
export async function refuse(pages: PageWorld, value: string, userAgent: string): Promise<void> {
  const headers = { Authorization: `Basic ${Buffer.from(`user:${value}`).toString('base64')}`, 'User-Agent': userAgent };
  const { status } = await fetch(`${pages.postern.origin}/jira/rest/api/2/issue/KANBAN-1`, { method: 'DELETE', headers });
  if (status !== 403) throw new Error(`A request that was to be refused was answered with ${status}.`);
}

/** What a reader would say of the element that has the focus. */
export function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent');
}

/** Presses Tab until the element of that name has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  throw new Error(`The keyboard does not reach ${name}.`);
}
