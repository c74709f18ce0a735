// Above a token's timeline: whose it is, whether it works, and where it was used from last.
import { type ReactNode, useCallback } from 'react';
import type { TokenDetail, TokenSystemAnswer } from '../../admin/api-types.js';
import { ApiFault, withQuery } from '../api.js';
import { Message } from '../components/message.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { TokenStatusLozenge } from '../components/token-status.js';
import { Link } from '../navigation.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.audit;
const WORDS = texts.myTokens;

export interface TokenHeadProps {
  readonly system: string;
  readonly tokenRef: string;
  readonly systems: readonly TokenSystemAnswer[];
}

export function TokenHead({ system, tokenRef, systems }: TokenHeadProps) {
  const { api } = useSession();
  const load = useCallback(async (): Promise<TokenDetail | 'gone'> => {
    try {
      return await api.call<TokenDetail>('GET', withQuery(`/tokens/${encodeURIComponent(system)}`, { tokenRef }));
    } catch (error) {
      if (error instanceof ApiFault && error.status === 404) return 'gone';
      throw error;
    }
  }, [api, system, tokenRef]);
  const { value: token, fault } = useLoaded(load);
  if (fault !== null) return <Message kind="error">{fault}</Message>;
  if (token === null) return null;
  if (token === 'gone') return <Message kind="info">{T.gone}</Message>;
  const name = systems.find((each) => each.system === token.system)?.name ?? token.system;
  return (
    <section className="postern-token-head" aria-label={T.timelineOf(token.label)}>
      <h2>
        <span className="postern-path">{T.timelineOf(token.label)}</span> <TokenStatusLozenge status={token.status} />
      </h2>
      <dl className="postern-facts">
        <Fact title={WORDS.system}>{name}</Fact>
        <Fact title={T.user}>{token.owner ?? token.ownerKey ?? texts.tokens.nobody}</Fact>
        <Fact title={WORDS.created}>
          <Time at={token.createdAt} none="" />
        </Fact>
        <Fact title={WORDS.expires}>
          <Time at={token.expiresAt} none={texts.time.never} />
        </Fact>
        <Fact title={WORDS.uses}>{token.useCount.toLocaleString('en-GB')}</Fact>
        <Fact title={WORDS.lastUsed}>
          <Time at={token.lastUsedAt} none={texts.time.never} />
        </Fact>
      </dl>
      <LastAddresses token={token} />
      <p>
        <Link page={withQuery('explain', { system, tokenRef })}>{texts.explain.linkOf(token.label)}</Link>
        {' · '}
        <Link page="audit">{T.whole}</Link>
      </p>
    </section>
  );
}

/** Where it was used from last [EXT-46]. */
function LastAddresses({ token: { lastAddresses } }: { readonly token: TokenDetail }) {
  if (lastAddresses.length === 0) return null;
  return (
    <>
      <h3>{T.addresses}</h3>
      <Table
        caption={T.addresses}
        columns={[
          { key: 'address', title: T.address, isHead: true, cell: ({ address }) => address },
          { key: 'used', title: WORDS.lastUsed, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} none="" /> },
          { key: 'requests', title: T.requests, isNumber: true, cell: ({ useCount }) => useCount.toLocaleString('en-GB') },
          { key: 'agent', title: T.fields.userAgent, cell: ({ userAgent }) => <span className="postern-path">{userAgent}</span> },
        ]}
        rows={lastAddresses}
        keyOf={({ address }) => address}
        empty=""
      />
    </>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
