// The house's own tables; a plugin brings its own in its manifest.
import type { EntitySchema } from 'typeorm';
import { cwdUserTable } from './cwd-user.js';
import { posternAuditTable } from './postern-audit.js';
import { posternAuditTotalTable } from './postern-audit-total.js';
import { posternCursorTable } from './postern-cursor.js';
import { posternKeyTable } from './postern-key.js';
import { posternLoginFailureTable } from './postern-login-failure.js';
import { posternProductEventTable } from './postern-product-event.js';
import { posternSessionTable } from './postern-session.js';
import { posternSwitchTable } from './postern-switch.js';
import { posternTokenTable } from './postern-token.js';
import { posternTokenTotalTable } from './postern-token-total.js';
import { posternTokenUseTable } from './postern-token-use.js';
import { posternUpstreamCredentialTable } from './postern-upstream-credential.js';
import { posternUserTable } from './postern-user.js';
import { posternUserSequenceTable } from './postern-user-sequence.js';
import { userMappingTable } from './user-mapping.js';

/** The house's own tables. */
export const storeTables: readonly EntitySchema[] = [
  cwdUserTable as EntitySchema,
  userMappingTable as EntitySchema,
  posternUserTable as EntitySchema,
  posternUserSequenceTable as EntitySchema,
  posternTokenTable as EntitySchema,
  posternTokenTotalTable as EntitySchema,
  posternSwitchTable as EntitySchema,
  posternCursorTable as EntitySchema,
  posternKeyTable as EntitySchema,
  posternUpstreamCredentialTable as EntitySchema,
  posternLoginFailureTable as EntitySchema,
  posternAuditTable as EntitySchema,
  posternAuditTotalTable as EntitySchema,
  posternProductEventTable as EntitySchema,
  posternTokenUseTable as EntitySchema,
  posternSessionTable as EntitySchema,
];
