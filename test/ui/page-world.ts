// The pages as a person meets them: a real browser on the built server with a real database, started once for a test file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';
import { launchBrowser } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page, and everything that went wrong on it. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts and of the console, violations of the content security policy included; requests to other hosts. */
  readonly troubles: string[];
  /** What axe objects to on the page as it is now. */
  violations(): Promise<string[]>;
}

/** A page with something on it. */
export interface Scene {
  readonly name: string;
  visit(world: PageWorld, theme: 'light' | 'dark'): Promise<Visit>;
}

interface VisitOptions {
  readonly theme?: 'light' | 'dark';
  /** Below `/ui/`. */
  readonly path?: string;
}

export interface PageWorld {
  readonly postern: PosternProcess;
  readonly browser: Browser;
  /** A new visitor, with no cookies. */
  visit(options?: VisitOptions): Promise<Visit>;
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
  const cookies = new Map<string, Promise<string>>();
  const visitWith = async ({ theme = 'light', path = '' }: VisitOptions, session: string | null): Promise<Visit> => {
    const context = await browser.newContext({ colorScheme: theme, viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    if (session !== null) {
      await context.addCookies([
        { name: 'postern-session', value: session, domain: '127.0.0.1', path: '/api/v1', httpOnly: true, sameSite: 'Strict' },
      ]);
    }
    const page = await context.newPage();
    const troubles = watch(page, postern.origin);
    await page.goto(`${postern.origin}/ui/${path}`);
    return { page, context, troubles, violations: () => violationsOn(page) };
  };
  const world: PageWorld = {
    postern,
    browser,
    visit: (options) => visitWith(options ?? {}, null),
    async visitAs(username, path = '', theme = 'light') {
      // One sign-in a user: a slow hash for each visit would be most of the time.
      if (!cookies.has(username)) cookies.set(username, signIn(postern.origin, username));
      const visit = await visitWith({ theme, path }, (await cookies.get(username)) ?? null);
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

async function signIn(origin: string, username: string): Promise<string> {
  const response = await fetch(`${origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: username }),
  });
  const value = /^postern-session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
  if (value === undefined) throw new Error(`${username} cannot sign in: ${response.status}`);
  return value;
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
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
  const report = await page.evaluate<AxeReport>('axe.run(document, { resultTypes: ["violations"] })');
  return report.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
