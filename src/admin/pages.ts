// The built pages, read once at the start: a request chooses among files that are known, and no path of it ever reaches the disk. Files in
// `assets/` bear a digest of what they hold in their names and are kept by browsers for good; the page itself is asked for every time.
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import helmet from 'helmet';
import { ERROR_CODES, type RequestView } from '../core/index.js';
import { RestFault } from '../plugin-kit/rest.js';

/** Where they lie; `/` leads there too. */
export const PAGES_PATH = '/ui/';

interface PageFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

/** The files by their path below `/ui/`. */
export type Pages = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const INDEX = 'index.html';

// Nothing but our own files: no inline script or style, no other host, no frame around it.
const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'object-src': ["'none'"],
    },
  },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
});

/** Reads the folder that the build wrote, each file plain and compressed; null where it did not. */
export async function readPages(folder: string): Promise<Pages | null> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    const file = path.join(folder, name);
    files.set(name.split(path.sep).join('/'), { type, plain: await readFile(file), zipped: await readFile(`${file}.gz`) });
  }
  return files.has(INDEX) ? files : null;
}

/** Answers a request for a page or one of its files, and says whether it was one. Throws RestFault 405. */
export function servePage(pages: Pages, message: IncomingMessage, response: ServerResponse, request: RequestView): boolean {
  // At the bare address only browsers mean the pages; programs go on finding nothing there [GW-7].
  const isBrowser = /\btext\/html\b/.test(message.headers.accept ?? '');
  const isRoot = (request.path === '/' && isBrowser) || `${request.path}/` === PAGES_PATH;
  if (!isRoot && !request.path.startsWith(PAGES_PATH)) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new RestFault(405, ERROR_CODES['request.method-not-allowed'].publicText, { headers: { Allow: 'GET, HEAD' } });
  }
  if (isRoot) {
    response.writeHead(302, { Location: PAGES_PATH, 'Content-Length': 0 }).end();
    return true;
  }
  const name = request.path.slice(PAGES_PATH.length);
  // The script in the page knows the paths of the pages; one that is asked for by its address is the same page.
  const isAsset = name.startsWith('assets/');
  const file = pages.get(name) ?? (isAsset ? undefined : pages.get(INDEX));
  if (file === undefined) throw new RestFault(404, ERROR_CODES['request.not-found'].publicText);
  protect(message, response, () => undefined);
  write(message, response, file, isAsset ? 'public, max-age=31536000, immutable' : 'no-store');
  return true;
}

function write(message: IncomingMessage, response: ServerResponse, file: PageFile, caching: string): void {
  const isZipped = /\bgzip\b/.test(message.headers['accept-encoding'] ?? '');
  const body = isZipped ? file.zipped : file.plain;
  response.writeHead(200, {
    'Content-Type': file.type,
    'Content-Length': body.length,
    'Cache-Control': caching,
    Vary: 'Accept-Encoding',
    ...(isZipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(body);
}
