// Ends a token: recorded first, and nothing remembers it afterwards [EXT-52].
import type { Act, PluginHost } from '../../plugin-kit/contract.js';
import { SYSTEM } from './manifest.js';
import { tokenAct } from './token-act.js';
import type { ExtenderToken, TokenStore } from './tokens.js';

/** Resolves to false when somebody else ended it first. */
export async function revokeToken(
  host: PluginHost,
  tokens: TokenStore,
  token: ExtenderToken,
  by: Pick<Act, 'actor' | 'clientAddress'>,
): Promise<boolean> {
  const wasThere = await host.audit.act(tokenAct('token.deleted', token, by), () =>
    host.transaction(async (manager) => {
      if (!(await tokens.remove(manager, token.tokenRef))) return false;
      await host.tokens.remove(manager, SYSTEM, token.tokenRef);
      return true;
    }),
  );
  host.forget(token.tokenRef);
  return wasThere;
}
