// A Chromium for the tests of the pages: the one that CHROME_PATH names, the system's, else the one of @sparticuz/chromium.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge', 'brave-browser'];
const FOLDERS = ['/usr/bin', '/snap/bin', '/opt/google/chrome', '/Applications/Google Chrome.app/Contents/MacOS'];

/** The browser; null, said aloud, where none can be started. Throws with every reason where POSTERN_REQUIRE_ALL asks for one. */
export async function launchBrowser(): Promise<Browser | null> {
  const reasons: string[] = [];
  for (const candidate of candidates()) {
    try {
      const executablePath = await candidate();
      if (executablePath !== null) return await chromium.launch({ executablePath, args: FLAGS });
    } catch (error) {
      reasons.push((error as Error).message.split('\n', 1)[0] ?? '');
    }
  }
  const text = `no Chromium for the tests of the pages (apt-get install chromium, or set CHROME_PATH): ${reasons.join('; ') || 'none found'}`;
  if (process.env['POSTERN_REQUIRE_ALL'] === '1') throw new Error(text);
  console.warn(`\n>>> THE PAGES ARE NOT TESTED: ${text}. POSTERN_REQUIRE_ALL=1 makes this a failure. <<<\n`);
  return null;
}

function candidates(): readonly (() => Promise<string | null>)[] {
  const named = process.env['CHROME_PATH'];
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean), ...FOLDERS];
  const system = folders.flatMap((folder) => [...NAMES, 'Google Chrome'].map((name) => path.join(folder, name)));
  const files = named === undefined || named === '' ? system : [named];
  return [...files.map((file) => async () => (isRunnable(file) ? file : null)), async () => shipped()];
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The one of the package, unpacked once in the user's own cache: its own choice is a name in the temporary folder that all users share. */
async function shipped(): Promise<string> {
  const folder = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'postern-chromium');
  mkdirSync(folder, { recursive: true });
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  // Read when the package is loaded: it then unpacks the libraries that a bare system lacks.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs20.x';
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    return await packaged.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
