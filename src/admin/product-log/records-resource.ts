// `{context}/rest/api/2/auditing/record`: the older shape of Jira's audit log, for administrators [AUD-21].
import { LIMITS } from '../../core/index.js';
import type { RestAnswer, RestCall, RestModule } from '../../plugin-kit/rest.js';
import { requireAdministrator } from '../require-caller.js';
import { type ProductLogNeeds, type ProductLogPlace, readPage, type ShownEvent, type ShownPage } from './reader.js';
import { jiraTime, readCount, readLogInstant } from './wire-time.js';

/** The vendor's default and bound. */
const LIMIT_MAX = 1_000;

/** The module, in Jira alone. */
export function recordsResource(needs: ProductLogNeeds, place: ProductLogPlace): RestModule {
  return {
    product: place.product,
    path: '/rest/api/2/auditing',
    versions: [],
    routes: [{ method: 'GET', path: '/record', handle: (call) => listRecords(needs, place, call) }],
    renderFault: ({ status, message }) => ({ status, json: { errorMessages: [message], errors: {} } }),
  };
}

async function listRecords(needs: ProductLogNeeds, place: ProductLogPlace, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { query } = call;
  const offset = readCount(query, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER }, 0);
  const asked = readCount(query, 'limit', { min: 0, max: LIMIT_MAX + 1 }, LIMIT_MAX);
  // The vendor's rule: what is out of bounds means the default.
  const limit = asked === 0 || asked > LIMIT_MAX ? LIMIT_MAX : asked;
  const page = await readPage(needs, place, {
    from: readLogInstant(query, 'from'),
    to: readLogInstant(query, 'to'),
    below: null,
    offset,
    limit,
    userIds: query.getAll('userIds').flatMap((text) => text.split(',').filter((id) => id !== '')),
    categories: [],
    actions: [],
    affected: [],
    search: query.get('filter') ?? '',
    scanMax: LIMITS.auditScanMax,
  });
  return { status: 200, json: { offset, limit, total: totalOf(page, offset), records: page.events.map(recordJson) } };
}

/** Where there is a filter, what is known: so many are there, and one more when a page follows. */
function totalOf({ total, events, next }: ShownPage, offset: number): number {
  return total ?? offset + events.length + (next === null ? 0 : 1);
}

function recordJson({ position, record, event, author }: ShownEvent): object {
  const { affected, category, action, changed, attributes } = event;
  return {
    id: position,
    summary: action.text,
    remoteAddress: record.clientAddress ?? '',
    authorKey: author?.userKeys.jira ?? record.userKey ?? '',
    created: jiraTime(Date.parse(record.time)),
    category: category.text,
    eventSource: '',
    ...(affected === null ? {} : { objectItem: { id: affected.id, name: affected.name, typeName: 'USER', ...INTERNAL_DIRECTORY } }),
    changedValues: [
      ...changed.map(({ name, to }) => ({ fieldName: name, changedTo: to })),
      ...attributes.map(({ name, value }) => ({ fieldName: name.text, changedTo: value })),
    ],
    associatedItems: [],
  };
}

/** What Jira calls the directory that our users lie in. */
const INTERNAL_DIRECTORY = { parentId: '1', parentName: 'Jira Internal Directory' } as const;
