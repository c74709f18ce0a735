// `{context}/rest/auditing/1.0/events`: the product's audit log in the shape that its own auditing gives it, for administrators and for the
// SIEM connectors that are made for it [AUD-20].
import { LIMITS, type Principal, type UpstreamProduct } from '../../core/index.js';
import { type RestAnswer, type RestCall, RestFault, type RestModule } from '../../plugin-kit/rest.js';
import { requireAdministrator } from '../require-caller.js';
import { SYSTEM_AUTHOR } from './described-event.js';
import { type ProductLogNeeds, type ProductLogPlace, readPage, type ShownEvent, type ShownPage } from './reader.js';
import { readCount, readLogInstant } from './wire-time.js';

/** The vendor's default [AUD-20]. */
const LIMIT_DEFAULT = 200;

/** The module of one product. */
export function eventsResource(needs: ProductLogNeeds, place: ProductLogPlace): RestModule {
  return {
    product: place.product,
    path: '/rest/auditing',
    versions: ['1.0', 'latest'],
    routes: [{ method: 'GET', path: '/events', handle: (call) => listEvents(needs, place, call) }],
    renderFault: ({ status, message }) => ({ status, json: { message, 'status-code': status } }),
  };
}

async function listEvents(needs: ProductLogNeeds, place: ProductLogPlace, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { query } = call;
  const below = readCursor(query);
  const offset = readCount(query, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER }, 0);
  const limit = readCount(query, 'limit', { min: 1, max: LIMITS.productLogPageMax }, LIMIT_DEFAULT);
  const page = await readPage(needs, place, {
    from: readLogInstant(query, 'from'),
    to: readLogInstant(query, 'to'),
    below,
    // A cursor says it all: a client that sends both has taken both from the page before.
    offset: below === null ? offset : 0,
    limit,
    userIds: list(query, 'userIds'),
    categories: list(query, 'categories'),
    actions: list(query, 'actions'),
    affected: list(query, 'affectedObject', ';').map(affectedName),
    search: query.get('search') ?? '',
    scanMax: readCount(query, 'scanLimit', { min: 1, max: LIMITS.auditScanMax }, LIMITS.auditScanMax),
  });
  const base = `${needs.baseOrigin()}${place.contextPath}`;
  return {
    status: 200,
    json: {
      entities: page.events.map((event) => entity(event, place.product, base)),
      pagingInfo: pagingInfo(page, query, base, offset, limit),
    },
  };
}

/** `timestamp,ID` of the last event of the page before. */
function readCursor(query: URLSearchParams): number | null {
  const text = query.get('pageCursor');
  if (text === null || text === '') return null;
  const id = /^\d{1,15},(\d{1,15})$/.exec(text)?.[1];
  if (id === undefined) throw new RestFault(400, 'pageCursor must be the nextPageCursor of the page before.');
  return Number(id);
}

function list(query: URLSearchParams, name: string, separator = ','): readonly string[] {
  return query
    .getAll(name)
    .flatMap((text) => text.split(separator))
    .filter((value) => value !== '');
}

/** `USER,JIRAUSER10100` as the table has it: the type without case. */
function affectedName(text: string): string {
  const comma = text.indexOf(',');
  return comma === -1 ? text : `${text.slice(0, comma).toLowerCase()}${text.slice(comma)}`;
}

/** The `next…` keys are left out on the last page. */
function pagingInfo(page: ShownPage, query: URLSearchParams, base: string, offset: number, limit: number): object {
  const size = page.events.length;
  if (page.next === null) return { lastPage: true, size };
  const nextPageOffset = offset + size;
  const nextPageCursor = `${page.events.at(-1)?.loggedAt ?? 0},${page.next}`;
  const next = new URLSearchParams(query);
  next.set('limit', String(limit));
  next.set('offset', String(nextPageOffset));
  next.set('pageCursor', nextPageCursor);
  // The comma stays as it is, as the vendor writes it.
  const nextPageLink = `${base}/rest/auditing/1.0/events?${next.toString().replace(`pageCursor=${encodeURIComponent(nextPageCursor)}`, `pageCursor=${nextPageCursor}`)}`;
  return { nextPageOffset, nextPageCursor, nextPageLink, lastPage: false, size };
}

function entity({ record, event, author }: ShownEvent, product: UpstreamProduct, base: string): object {
  const { category, action, affected, changed, attributes } = event;
  return {
    timestamp: record.time,
    author: authorJson(event.author, record.actor, author, product, base),
    type: { categoryI18nKey: category.i18nKey, category: category.text, actionI18nKey: action.i18nKey, action: action.text },
    affectedObjects: affected === null ? [] : [{ ...affected, uri: profileUri(product, base, affected.name) }],
    changedValues: changed.map(({ name, to }) => ({ key: name, i18nKey: `postern.audit.value.${name}`, to })),
    source: record.clientAddress ?? '',
    system: base,
    node: record.node,
    method: record.clientAddress === null ? 'System' : 'Browser',
    extraAttributes: attributes.map(({ name, value }) => ({ nameI18nKey: name.i18nKey, name: name.text, value })),
  };
}

function authorJson(id: string, name: string | null, user: Principal | null, product: UpstreamProduct, base: string): object {
  if (name === null) {
    const isSystem = id === SYSTEM_AUTHOR;
    return { name: isSystem ? 'System' : 'Anonymous', type: isSystem ? 'system' : 'user', id, uri: '', avatarUri: '' };
  }
  const key = user?.userKeys[product];
  // Jira's log has the number of the user, which is what its key is made of.
  const number = product === 'jira' ? /^JIRAUSER(\d+)$/.exec(key ?? '')?.[1] : undefined;
  return { name, type: 'ApplicationUser', id: number ?? key ?? name, uri: profileUri(product, base, name), avatarUri: '' };
}

function profileUri(product: UpstreamProduct, base: string, name: string): string {
  const page = product === 'jira' ? '/secure/ViewProfile.jspa?name=' : '/admin/users/viewuser.action?username=';
  return `${base}${page}${encodeURIComponent(name)}`;
}
