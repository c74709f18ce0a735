// Joins the trail with its copy in the database: what a line of the spool is in the words of the tables, and what the products' logs show of it.
import type { ReadLine } from '../audit/entry-batches.js';
import type { ShipTarget } from '../audit/shipper.js';
import { recordOf } from '../admin/copied-records.js';
import { describeEvent, type SystemWords } from '../admin/product-log/described-event.js';
import type { AuditCopy } from '../store/audit/copy.js';
import type { ClosedRow, OpenedRow, ProductEventsOf } from '../store/audit/shipment.js';
import { foldName } from '../store/directory/fold-name.js';

const KINDS: Readonly<Record<string, OpenedRow['kind']>> = { open: 'request', act: 'act', login: 'login', malformed: 'malformed' };

/** What the shipper ships to. */
export function copyTarget(copy: AuditCopy): ShipTarget {
  return {
    position: (spool) => copy.position(spool),
    take: ({ from, to, lines }) => copy.take({ from, to, opened: lines.flatMap(openedRow), closed: lines.flatMap(closedRow) }),
  };
}

/** Which events of the products' logs a record is that has ended. */
export function productEvents(systems: SystemWords): ProductEventsOf {
  return (opened, closed) => {
    const event = describeEvent(recordOf({ opened, closed, node: '' }), systems);
    if (event === null) return [];
    const { products, author, category, action, affected } = event;
    return products.map((product) => ({
      product,
      author: fit(author, 255),
      category: fit(category.text, 100),
      action: fit(action.text, 100),
      affected: affected === null ? null : fit(`${affected.type.toLowerCase()},${affected.id}`, 255),
    }));
  };
}

function openedRow({ entry, line, node }: ReadLine): OpenedRow[] {
  const kind = KINDS[entry.e];
  if (kind === undefined) return [];
  const isUse = entry.counts === true;
  return [
    {
      recordId: fit(entry.id, 36),
      at: entry.at,
      kind,
      decision: entry.decision ?? null,
      actor: foldedOrNull(entry.actor),
      system: fitOrNull(entry.system, 100),
      tokenRef: fitOrNull(entry.tokenRef, 255),
      status: entry.status ?? null,
      clientAddress: fitOrNull(entry.clientAddress, 45),
      isUsageDetail: isUse && entry.tokenRef !== undefined && entry.inUsageDetails !== false,
      isUse,
      node: fit(node, 100),
      line,
    },
  ];
}

function closedRow({ entry, line }: ReadLine): ClosedRow[] {
  return entry.e === 'close' ? [{ recordId: fit(entry.id, 36), status: entry.status ?? null, line }] : [];
}

function foldedOrNull(value: unknown): string | null {
  return typeof value === 'string' ? fit(foldName(value), 255) : null;
}

/** A line that somebody has changed may hold anything: it is copied as it is, and found by what it has. */
function fitOrNull(value: unknown, length: number): string | null {
  return typeof value === 'string' ? fit(value, length) : null;
}

/** What a column takes: a record that does not fit must not keep all that come after it. PostgreSQL's texts hold no NUL. */
function fit(text: string, length: number): string {
  return text.replaceAll('\0', '\u{FFFD}').slice(0, length);
}
