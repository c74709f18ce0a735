// The pages as a person meets them: a real browser on the built server with a real database, started once for a test file.
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';
import { launchBrowser } from './browser.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A page, and everything that went wrong on it. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts and of the console, violations of the content security policy included; requests to other hosts. */
  readonly troubles: string[];
  /** What axe objects to on the page as it is now. */
  violations(): Promise<string[]>;
}

export interface PageWorld {
  readonly postern: PosternProcess;
  readonly browser: Browser;
  /** A new visitor, with no cookies. */
  visit(options?: { readonly theme?: 'light' | 'dark'; readonly path?: string }): Promise<Visit>;
  /** A visitor who is signed in, on a page below `/ui/`. */
  visitAs(username: string, path?: string, theme?: 'light' | 'dark'): Promise<Visit>;
  /** A call of the API with a demo user's password. */
  ask<T>(username: string, method: string, path: string, json?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** Starts server and browser; null where there is no browser, which was said aloud. */
export async function openPages(settings: Readonly<Record<string, string>> = {}): Promise<PageWorld | null> {
  const browser = await launchBrowser();
  if (browser === null) return null;
  const postern = await startPosternProcess(settings);
  const world: PageWorld = {
    postern,
    browser,
    async visit({ theme = 'light', path = '' } = {}) {
      const context = await browser.newContext({ colorScheme: theme, viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const troubles = watch(page, postern.origin);
      await page.goto(`${postern.origin}/ui/${path}`);
      return { page, context, troubles, violations: () => violationsOn(page) };
    },
    async visitAs(username, path = '', theme = 'light') {
      const visit = await world.visit({ theme, path });
      await visit.page.getByLabel('User name').fill(username);
      await visit.page.getByLabel('Password').fill(username);
      await visit.page.getByRole('button', { name: 'Sign in' }).click();
      await visit.page.getByRole('button', { name: 'Sign out' }).waitFor();
      return visit;
    },
    async ask<T>(username: string, method: string, path: string, json?: unknown) {
      const response = await fetch(postern.origin + path, {
        method,
        headers: {
          Authorization: `Basic ${Buffer.from(`${username}:${username}`).toString('base64')}`,
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    async close() {
      await browser.close();
      await postern.close();
    },
  };
  return world;
}

function watch(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) troubles.push(`request: ${request.url()}`);
  });
  return troubles;
}

interface AxeReport {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

async function violationsOn(page: Page): Promise<string[]> {
  // Past the page's own policy, which rightly lets no foreign script in: the driver evaluates it.
  if (!(await page.evaluate('"axe" in globalThis')))
    await page.evaluate(await import('node:fs').then(({ readFileSync }) => readFileSync(AXE, 'utf8')));
  const report = await page.evaluate<AxeReport>('axe.run(document, { resultTypes: ["violations"] })');
  return report.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
