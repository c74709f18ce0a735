// Every token of every system, for administrators, counters and the revocation feed. Holds no secret and no digest.
import { count, flag, instant, key, nullable, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_token`. */
export const posternTokenTable = table({
  name: 'postern_token',
  columns: {
    system_key: primary(key(100)),
    token_ref: primary(key()),
    product: key(20),
    owner_key: nullable(key()),
    label: key(),
    created_at: instant(),
    expires_at: nullable(instant()),
    last_used_at: nullable(instant()),
    use_count: count(),
    has_limits: flag(),
    /** null: from before it was asked. */
    has_address_limit: nullable(flag()),
  },
  indices: [
    { columns: ['created_at', 'system_key', 'token_ref'] },
    { columns: ['system_key', 'created_at', 'token_ref'] },
    { columns: ['owner_key', 'created_at', 'system_key', 'token_ref'] },
    // The orders that administrators may ask for.
    { columns: ['expires_at', 'system_key', 'token_ref'], name: 'ix_postern_token_expires' },
    { columns: ['last_used_at', 'system_key', 'token_ref'], name: 'ix_postern_token_last_used' },
    { columns: ['label', 'system_key', 'token_ref'], name: 'ix_postern_token_label' },
    { columns: ['use_count', 'system_key', 'token_ref'], name: 'ix_postern_token_uses' },
  ],
});
