// The products' own audit logs, where Postern answers for them.
import { eventsResource } from '../admin/product-log/events-resource.js';
import { recordsResource } from '../admin/product-log/records-resource.js';
import type { AuditCopyReader } from '../admin/routes/audit-records.js';
import type { CarriedProduct } from '../config/check.js';
import type { RestModule } from '../plugin-kit/rest.js';
import type { House } from './house.js';

/** The copy of the trail, and how to bring it up to date. */
export function copyOf({ store, trail, shipper }: Pick<House, 'store' | 'trail' | 'shipper'>): AuditCopyReader {
  return {
    store,
    async settle() {
      // What a failing disk does not take is not there to be read.
      await trail.settle().catch(() => undefined);
      return shipper.settle();
    },
  };
}

/** The resources below each context path [AUD-20, AUD-21]. */
export function productLogs(
  house: Pick<House, 'store' | 'trail' | 'shipper' | 'directory' | 'systemWords'> & { readonly carried: readonly CarriedProduct[] },
  baseOrigin: () => string,
): readonly RestModule[] {
  const needs = { auditCopy: copyOf(house), directory: house.directory, systems: house.systemWords, baseOrigin };
  return house.carried.flatMap((place) => [
    eventsResource(needs, place),
    // The older resource is Jira's alone.
    ...(place.product === 'jira' ? [recordsResource(needs, place)] : []),
  ]);
}
