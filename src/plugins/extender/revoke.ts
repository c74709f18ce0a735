// Ends a token: recorded first, and nothing remembers it afterwards [EXT-52].
import type { Act, PluginHost } from '../../plugin-kit/contract.js';
import { SYSTEM } from './manifest.js';
import { tokenAct } from './token-act.js';
import type { ExtenderToken } from './token-row.js';
import type { TokenStore } from './tokens.js';

/** Resolves to false when somebody else ended it first. */
export async function revokeToken(
  host: PluginHost,
  tokens: TokenStore,
  token: ExtenderToken,
  by: Pick<Act, 'actor' | 'clientAddress'>,
): Promise<boolean> {
  return host.audit.act(tokenAct('token.deleted', token, by), async () => {
    try {
      return await host.transaction(async (manager) => {
        if (!(await tokens.remove(manager, token.tokenRef))) return false;
        await host.tokens.remove(manager, SYSTEM, token.tokenRef);
        return true;
      });
    } finally {
      // Also when the commit's fate is unknown: what is forgotten in vain is only looked up again.
      host.forget(token.tokenRef);
    }
  });
}
