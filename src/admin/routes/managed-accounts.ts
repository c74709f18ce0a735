// `GET /api/v1/managed-accounts.csv`: every user with the account id, the file that the cloud's scripts read [CLD-6].
import { Router } from 'express';
import { ERROR_CODES, type Principal } from '../../core/index.js';
import { RestFault } from '../../plugin-kit/rest.js';
import type { Directory } from '../../store/directory/directory.js';
import { csvRow } from '../csv.js';
import type { PluginRouterNeeds } from '../plugin-router.js';
import { requireAdministrator } from '../require-caller.js';
import { writeStream } from '../write-stream.js';

const PATH = '/api/v1/managed-accounts.csv';
const HEADERS = { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': 'attachment; filename="managed_accounts.csv"' };
const COLUMNS = ['Account ID', 'Username', 'Name', 'Email', 'Status'];

export interface ManagedAccountsNeeds {
  readonly directory: Pick<Directory, 'allUsers'>;
  readonly callerOf: PluginRouterNeeds['callerOf'];
}

/** The router of the export; every other path goes on. */
export function managedAccounts(needs: ManagedAccountsNeeds): Router {
  const router = Router();
  router.use(async (message, response, next) => {
    const { caller, request } = needs.callerOf(message);
    if (request.path !== PATH) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new RestFault(405, ERROR_CODES['request.method-not-allowed'].publicText, { headers: { Allow: 'GET, HEAD' } });
    }
    requireAdministrator(caller);
    if (request.method === 'GET')
      await writeStream(
        response,
        HEADERS,
        toRows(needs.directory.allUsers(), () => response.destroyed),
      );
    else response.writeHead(200, HEADERS).end();
  });
  return router;
}

async function* toRows(pages: AsyncIterable<readonly Principal[]>, isGone: () => boolean): AsyncGenerator<string, void, undefined> {
  yield csvRow(COLUMNS);
  for await (const users of pages) {
    if (isGone()) return;
    yield users.map(rowOf).join('');
  }
}

function rowOf({ accountId, username, displayName, emailAddress, isActive }: Principal): string {
  return csvRow([accountId, username, displayName, emailAddress, isActive ? 'Active' : 'Inactive']);
}
