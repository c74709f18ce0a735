// The house's own migrations, oldest first: one table, column or index each.
import type { MigrationInterface } from 'typeorm';
import { createCwdUser1795305600001 } from './1795305600001-cwd-user.js';
import { createUserMapping1795305600002 } from './1795305600002-user-mapping.js';
import { createPosternUser1795305600003 } from './1795305600003-postern-user.js';
import { createPosternUserSequence1795305600004 } from './1795305600004-postern-user-sequence.js';
import { createPosternToken1795305600005 } from './1795305600005-postern-token.js';
import { createPosternSwitch1795305600006 } from './1795305600006-postern-switch.js';
import { createPosternCursor1795305600007 } from './1795305600007-postern-cursor.js';
import { createPosternKey1795305600008 } from './1795305600008-postern-key.js';
import { createPosternUpstreamCredential1795305600009 } from './1795305600009-postern-upstream-credential.js';
import { createPosternLoginFailure1795305600010 } from './1795305600010-postern-login-failure.js';
import { RefoldDisplayNames1795305600011 } from './1795305600011-refold-display-names.js';
import { createPosternTokenTotal1795305600012 } from './1795305600012-postern-token-total.js';
import { createPosternSession1795305600021 } from './1795305600021-postern-session.js';
import { addTokenAddressLimit1795305600022 } from './1795305600022-token-address-limit.js';
import { addTokenOrders } from './1795305600023-token-orders.js';
import { createPosternAudit1795305600041 } from './1795305600041-postern-audit.js';
import { createPosternAuditTotal1795305600042 } from './1795305600042-postern-audit-total.js';
import { createPosternProductEvent1795305600043 } from './1795305600043-postern-product-event.js';
import { createPosternTokenUse1795305600044 } from './1795305600044-postern-token-use.js';

/** The migrations that lead to the house's own tables. */
export const storeMigrations: readonly (new () => MigrationInterface)[] = [
  createCwdUser1795305600001,
  createUserMapping1795305600002,
  createPosternUser1795305600003,
  createPosternUserSequence1795305600004,
  createPosternToken1795305600005,
  createPosternSwitch1795305600006,
  createPosternCursor1795305600007,
  createPosternKey1795305600008,
  createPosternUpstreamCredential1795305600009,
  createPosternLoginFailure1795305600010,
  RefoldDisplayNames1795305600011,
  createPosternTokenTotal1795305600012,
  createPosternSession1795305600021,
  addTokenAddressLimit1795305600022,
  ...addTokenOrders,
  createPosternAudit1795305600041,
  createPosternAuditTotal1795305600042,
  createPosternProductEvent1795305600043,
  createPosternTokenUse1795305600044,
];
