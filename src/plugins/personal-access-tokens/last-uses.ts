// The last use of each token, exact at once and durable: noted in Postern's own table in the transaction that moves the trail's cursor, so
// that nothing has to be restored after a crash [GW-51]. The vendor's column follows at its own pace [PAT-52].
import { type EntityManager, In } from 'typeorm';
import type { TokenUse } from '../../plugin-kit/contract.js';
import { each, runForEach } from '../../plugin-kit/statement-for-many.js';
import { vendorTimestampText } from '../../plugin-kit/table.js';
import { personalTokenTable, posternPersonalTokenTable } from './tables.js';
import { tokenIdOf } from './token-format.js';

/** Adds a batch of uses. One of a token that is gone is passed over; the latest use stands, in whatever order they come. */
export async function noteUses(uses: readonly TokenUse[], manager: EntityManager): Promise<void> {
  const byTokenId = new Map(uses.map((use) => [tokenIdOf(use.tokenRef) ?? '', use]));
  const tokenIds = In([...byTokenId.keys()]);
  const there = await manager.find(personalTokenTable, { where: { TOKEN_ID: tokenIds }, select: { TOKEN_ID: true } });
  const begun = await manager.find(posternPersonalTokenTable, { where: { token_id: tokenIds }, select: { token_id: true } });
  const known = new Set(begun.map((row) => row.token_id));
  const used = there.flatMap(({ TOKEN_ID: tokenId }) => {
    const use = byTokenId.get(tokenId);
    return use === undefined ? [] : [{ tokenId, use }];
  });
  for (const { tokenId, use } of used) if (!known.has(tokenId)) await insertUse(tokenId, use, manager);
  await addUses(
    used.filter(({ tokenId }) => known.has(tokenId)),
    manager,
  );
}

interface Used {
  readonly tokenId: string;
  readonly use: TokenUse;
}

function addUses(used: readonly Used[], manager: EntityManager): Promise<void> {
  return runForEach(
    manager,
    (builder) =>
      builder
        .createQueryBuilder()
        .update(posternPersonalTokenTable)
        .set({
          use_count: () => 'use_count + :permitted',
          last_used_at: () => 'CASE WHEN last_used_at > :at THEN last_used_at ELSE :at END',
          awaits_flush: true,
        })
        .setParameters({ permitted: each('permitted'), at: each('at') })
        .where({ token_id: each('tokenId') }),
    used.map(({ tokenId, use }) => ({ tokenId, permitted: use.permitted, at: vendorTimestampText(use.lastUsedAt) })),
  );
}

/** The first use of a token that was brought in from a real instance. */
async function insertUse(tokenId: string, use: TokenUse, manager: EntityManager): Promise<void> {
  await manager.insert(posternPersonalTokenTable, {
    token_id: tokenId,
    inherited: '[]',
    use_count: use.permitted,
    last_used_at: use.lastUsedAt,
    awaits_flush: true,
  });
}
