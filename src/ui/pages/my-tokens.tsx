// Everybody's own tokens of every system in one list [PAT-70].
import { useCallback, useState } from 'react';
import type { TokenAnswer, TokenPage, TokenSystemAnswer } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
import { Button } from '../components/button.js';
import { Confirm } from '../components/confirm.js';
import { Message } from '../components/message.js';
import { Page } from '../components/page.js';
import { Pager } from '../components/pager.js';
import { type Column, Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { TokenStatusLozenge } from '../components/token-status.js';
import { goTo, Link } from '../navigation.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.myTokens;
const PAGE_SIZE = 50;

/** The calls of one of them. */
function callsPage({ system, tokenRef }: TokenAnswer): string {
  return withQuery('my-tokens/calls', { system, tokenRef });
}

export function MyTokensPage() {
  const { api } = useSession();
  const [startAt, setStartAt] = useState(0);
  const [revoking, setRevoking] = useState<TokenAnswer | null>(null);
  const load = useCallback(
    () =>
      Promise.all([
        api.call<TokenPage>('GET', withQuery('/my/tokens', { startAt, maxResults: PAGE_SIZE })),
        api.call<readonly TokenSystemAnswer[]>('GET', '/token-systems'),
      ]),
    [api, startAt],
  );
  const { value, fault, reload } = useLoaded(load);
  const [page, systems] = value ?? [null, []];

  const revoke = (token: TokenAnswer): Promise<void> =>
    api.call('DELETE', withQuery(`/my/tokens/${token.system}`, { tokenRef: token.tokenRef }));

  return (
    <Page
      title={T.title}
      actions={
        <Button kind="primary" onPress={() => goTo('my-tokens/create')}>
          {T.create}
        </Button>
      }
    >
      <p>{T.about}</p>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {page === null ? null : (
        <>
          <Table
            caption={T.caption}
            columns={columnsFor(systems, setRevoking)}
            rows={page.tokens}
            keyOf={({ system, tokenRef }) => `${system} ${tokenRef}`}
            empty={T.empty}
          />
          <Pager {...page} onPage={setStartAt} />
        </>
      )}
      {revoking === null ? null : (
        <Confirm
          title={T.revokeTitle}
          action={T.revoke}
          act={() => revoke(revoking)}
          onDone={() => {
            setRevoking(null);
            reload();
          }}
          onClose={() => setRevoking(null)}
        >
          <p>{T.revokeQuestion(revoking.label)}</p>
        </Confirm>
      )}
    </Page>
  );
}

function columnsFor(systems: readonly TokenSystemAnswer[], onRevoke: (token: TokenAnswer) => void): readonly Column<TokenAnswer>[] {
  const names = new Map(systems.map(({ system, name }) => [system, name]));
  return [
    { key: 'label', title: T.name, isHead: true, cell: ({ label }) => label },
    { key: 'system', title: T.system, cell: ({ system }) => names.get(system) ?? system },
    { key: 'status', title: T.status, cell: ({ status }) => <TokenStatusLozenge status={status} /> },
    { key: 'created', title: T.created, cell: ({ createdAt }) => <Time at={createdAt} none="" isDay /> },
    { key: 'expires', title: T.expires, cell: ({ expiresAt }) => <Time at={expiresAt} none={texts.time.never} isDay /> },
    { key: 'used', title: T.lastUsed, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} none={texts.time.never} /> },
    { key: 'uses', title: T.uses, isNumber: true, cell: ({ useCount }) => useCount },
    {
      key: 'actions',
      title: T.actions,
      cell: (token) => (
        <span className="postern-actions">
          <Link page={callsPage(token)} label={texts.tokenCalls.linkOf(token.label)}>
            {texts.tokenCalls.link}
          </Link>
          <Link page={withQuery('explain', { system: token.system, tokenRef: token.tokenRef })} label={texts.explain.linkOf(token.label)}>
            {texts.explain.link}
          </Link>
          <Button kind="link" label={T.revokeOf(token.label)} onPress={() => onRevoke(token)}>
            {T.revoke}
          </Button>
        </span>
      ),
    },
  ];
}
