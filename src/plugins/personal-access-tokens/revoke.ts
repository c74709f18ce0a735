// Ends a token: recorded first, and nothing remembers it afterwards. The row is gone: there is no revoked state [PAT-25].
import type { Desk } from './desk.js';
import { notify } from './notify.js';
import { profileOf } from './profile.js';
import { type By, type Ending, tokenAct } from './token-act.js';
import type { PersonalToken } from './token-row.js';

/** Resolves to false when somebody else ended it first. Its owner gets a mail, unless it was the owner. */
export async function endToken(
  { host, tokens }: Pick<Desk, 'host' | 'tokens'>,
  token: PersonalToken,
  by: By,
  ending: Ending,
): Promise<boolean> {
  const owner = await host.directory.findByUserKey(token.userKey);
  return host.audit.act(tokenAct('token.deleted', token, owner?.username ?? null, by, ending), async () => {
    try {
      return await host.transaction(async (manager) => {
        if (!(await tokens.remove(manager, token))) return false;
        await host.tokens.remove(manager, profileOf(token.userKey).system, token.tokenRef);
        const isOwn = by.actor !== null && by.actor.userId === owner?.userId;
        if (!isOwn) await notify(host, manager, owner, { kind: 'deleted', token, by: by.actor });
        return true;
      });
    } finally {
      // Also when the commit's fate is unknown: what is forgotten in vain is only looked up again.
      host.forget(token.tokenRef);
    }
  });
}
