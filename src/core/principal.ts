// Who a credential stands for.
import type { UpstreamProduct } from './product.js';

/** A user of the directory, as the gateway, the plugins and the audit trail see one. */
export interface Principal {
  /** The directory's number of the user; never reused. */
  readonly userId: number;
  /** One key per product: `JIRAUSER10100` and 32 hex digits [DIR-3]. */
  readonly userKeys: Readonly<Record<UpstreamProduct, string>>;
  readonly username: string;
  readonly displayName: string;
  readonly emailAddress: string;
  /** Cloud's name for the account [CLD-6]. */
  readonly accountId: string;
  readonly isAdministrator: boolean;
  readonly isActive: boolean;
}
