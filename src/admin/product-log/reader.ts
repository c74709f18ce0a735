// Reads a page of a product's audit log and finds out who is who in it: what both of its resources share.
import type { AuditRecord } from '../../audit/contract.js';
import { type Instant, LIMITS, type Principal, type UpstreamProduct, type UserDirectory } from '../../core/index.js';
import { type LoggedRecord, type ProductLogPage, type ProductLogQuery, readProductLog } from '../../store/audit/product-events.js';
import { foldName } from '../../store/directory/fold-name.js';
import { recordOf } from '../copied-records.js';
import type { AuditCopyReader } from '../routes/audit-records.js';
import { ANONYMOUS_AUTHOR, describeEvent, type DescribedEvent, SYSTEM_AUTHOR, type SystemWords } from './described-event.js';

export interface ProductLogNeeds {
  readonly auditCopy: AuditCopyReader;
  readonly directory: Pick<UserDirectory, 'findByUsername' | 'findByUserKey'>;
  readonly systems: SystemWords;
  /** Where clients find us. */
  baseOrigin(): string;
}

/** One product's log. */
export interface ProductLogPlace {
  readonly product: UpstreamProduct;
  readonly contextPath: string;
}

/** An event with its record, and the user who did it, where there is one. */
export interface ShownEvent {
  readonly position: number;
  readonly loggedAt: Instant;
  readonly record: AuditRecord;
  readonly event: DescribedEvent;
  readonly author: Principal | null;
}

export interface ShownPage extends Omit<ProductLogPage, 'events'> {
  readonly events: readonly ShownEvent[];
}

type Asked = Omit<ProductLogQuery, 'product' | 'authors' | 'matches' | 'scanMax'> & {
  /** Names, keys or numbers of users. */
  readonly userIds: readonly string[];
  /** Words that a text of the event contains; '': all. */
  readonly search: string;
  readonly scanMax?: number;
};

/** One page, newest first. */
export async function readPage(needs: ProductLogNeeds, { product }: ProductLogPlace, asked: Asked): Promise<ShownPage> {
  const { userIds, search, ...rest } = asked;
  await needs.auditCopy.settle();
  const authors = await Promise.all(userIds.map((id) => authorOf(needs, product, id)));
  const wanted = foldName(search);
  const page = await readProductLog(needs.auditCopy.store, {
    ...rest,
    product,
    authors,
    matches: wanted === '' ? null : (row) => holds(row, wanted, needs.systems),
    scanMax: Math.min(asked.scanMax ?? LIMITS.auditScanMax, LIMITS.auditScanMax),
  });
  return { ...page, events: await shown(needs, page.events) };
}

/** How the log names a user who is asked for by a number, a key or a name. */
async function authorOf({ directory }: ProductLogNeeds, product: UpstreamProduct, id: string): Promise<string> {
  if (id === SYSTEM_AUTHOR || id === ANONYMOUS_AUTHOR) return id;
  const key = product === 'jira' && /^\d+$/.test(id) ? `JIRAUSER${id}` : id;
  const user = (await directory.findByUserKey(key)) ?? (await directory.findByUsername(id));
  return foldName(user?.username ?? id);
}

async function shown({ directory, systems }: ProductLogNeeds, rows: readonly LoggedRecord[]): Promise<readonly ShownEvent[]> {
  const users = new Map<string, Principal | null>();
  const events: ShownEvent[] = [];
  for (const { position, loggedAt, ...row } of rows) {
    const record = recordOf(row);
    const event = describeEvent(record, systems);
    if (event === null) continue;
    const { actor } = record;
    if (actor !== null && !users.has(actor)) users.set(actor, await directory.findByUsername(actor));
    events.push({ position, loggedAt, record, event, author: users.get(actor ?? '') ?? null });
  }
  return events;
}

/** Whether one of the texts that are shown contains the words, letters A-Z without case. */
function holds(row: LoggedRecord, wanted: string, systems: SystemWords): boolean {
  const record = recordOf(row);
  const event = describeEvent(record, systems);
  if (event === null) return false;
  const { affected, attributes, category, action, changed } = event;
  const texts = [record.actor, record.clientAddress, category.text, action.text, affected?.name, affected?.id];
  const more = [...attributes.map(({ value }) => value), ...changed.flatMap(({ name, to }) => [name, to])];
  return [...texts, ...more].some((text) => typeof text === 'string' && foldName(text).includes(wanted));
}
