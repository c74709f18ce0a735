// Adds and ends a credential: recorded first, then table and registry in one transaction, then nothing remembers what was [GW-50].
import type { EntityManager } from 'typeorm';
import type { Act, PluginHost, TokenRegistry } from '../../plugin-kit/contract.js';

type Entry = Parameters<TokenRegistry['add']>[1];

/** `insert` makes the row, within the transaction; what it throws undoes everything. */
export async function addRecorded(
  host: PluginHost,
  act: Act,
  entry: Entry,
  insert: (manager: EntityManager) => Promise<void>,
): Promise<void> {
  await host.audit.act(act, async () => {
    await host.transaction(async (manager) => {
      await insert(manager);
      await host.tokens.add(manager, entry);
    });
    host.forget(entry.tokenRef);
  });
}

/** `remove` deletes the row, within the transaction. Resolves to false when somebody else ended it first. */
export function endRecorded(
  host: PluginHost,
  act: Act & { readonly system: string; readonly tokenRef: string },
  remove: (manager: EntityManager) => Promise<boolean>,
): Promise<boolean> {
  return host.audit.act(act, async () => {
    try {
      return await host.transaction(async (manager) => {
        if (!(await remove(manager))) return false;
        await host.tokens.remove(manager, act.system, act.tokenRef);
        return true;
      });
    } finally {
      // Also when the commit's fate is unknown: what is forgotten in vain is only looked up again.
      host.forget(act.tokenRef);
    }
  });
}
