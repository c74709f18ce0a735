// Every token of the site, whatever its system: found, sorted, revoked one by one or many at once [PAT-71].
import { useCallback, useState } from 'react';
import type { TokenAnswer, TokenPage, TokenSystemAnswer } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
import { timelinePage } from '../audit/what.js';
import { BulkRevoke } from '../components/bulk-revoke.js';
import { Button } from '../components/button.js';
import { Confirm } from '../components/confirm.js';
import { Message } from '../components/message.js';
import { Page } from '../components/page.js';
import { Pager } from '../components/pager.js';
import { type Column, Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { TokenStatusLozenge } from '../components/token-status.js';
import { goTo, Link, usePlace } from '../navigation.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';
import { filterFrom, queryOf, type TokenFilters, TokenFilterForm } from './token-filters.js';

const T = texts.tokens;
const PAGE_SIZE = 50;

export function TokensPage() {
  const { api } = useSession();
  const { query } = usePlace();
  const filters = filterFrom(query);
  const address = query.toString();
  const [selected, setSelected] = useState<ReadonlyMap<string, TokenAnswer>>(new Map());
  const [revoking, setRevoking] = useState<TokenAnswer | 'selected' | null>(null);
  const load = useCallback(() => {
    const asked = queryOf(filterFrom(new URLSearchParams(address)));
    return Promise.all([
      api.call<TokenPage>('GET', withQuery('/tokens', { ...asked, maxResults: PAGE_SIZE })),
      api.call<readonly TokenSystemAnswer[]>('GET', '/token-systems'),
    ]);
  }, [api, address]);
  const { value, fault, reload } = useLoaded(load);
  const [page, systems] = value ?? [null, []];

  const show = (changes: Partial<TokenFilters>): void => {
    setSelected(new Map());
    goTo(withQuery('tokens', { ...filters, startAt: '', ...changes }));
  };
  const done = (): void => {
    setRevoking(null);
    setSelected(new Map());
    reload();
  };
  const select = (tokens: readonly TokenAnswer[], isSelected: boolean): void => {
    const next = new Map(selected);
    for (const token of tokens) {
      if (isSelected) next.set(keyOf(token), token);
      else next.delete(keyOf(token));
    }
    setSelected(next);
  };

  return (
    <Page title={T.title} actions={<TokenActions count={selected.size} filters={filters} onRevoke={() => setRevoking('selected')} />}>
      <TokenFilterForm key={address} filters={filters} systems={systems} onShow={show} />
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {page === null ? null : (
        <>
          <Table
            caption={T.caption}
            columns={columnsFor({ systems, page, selected, select, onRevoke: setRevoking })}
            rows={page.tokens}
            keyOf={keyOf}
            empty={T.empty}
            order={filters.sort === '' ? '-created' : filters.sort}
            onOrder={(sort) => show({ sort })}
          />
          <Pager {...page} onPage={(startAt) => show({ startAt: String(startAt) })} />
        </>
      )}
      {revoking === 'selected' ? <BulkRevoke tokens={[...selected.values()]} onDone={done} onClose={() => setRevoking(null)} /> : null}
      {revoking === null || revoking === 'selected' ? null : (
        <Confirm
          title={texts.myTokens.revokeTitle}
          action={T.revoke}
          act={() => api.call('DELETE', withQuery(`/tokens/${revoking.system}`, { tokenRef: revoking.tokenRef }))}
          onDone={done}
          onClose={() => setRevoking(null)}
        >
          <p>{T.revokeQuestion(revoking.label, revoking.owner ?? revoking.ownerKey ?? T.nobody)}</p>
        </Confirm>
      )}
    </Page>
  );
}

interface TokenActionsProps {
  readonly count: number;
  readonly filters: TokenFilters;
  readonly onRevoke: () => void;
}

function TokenActions({ count, filters, onRevoke }: TokenActionsProps) {
  return (
    <>
      <Button isDisabled={count === 0} onPress={onRevoke}>
        {count === 0 ? T.bulkRevoke : T.bulkRevokeOf(count)}
      </Button>
      {filters.owner === '' ? null : (
        <Button kind="primary" onPress={() => goTo(withQuery('tokens/create', { user: filters.owner }))}>
          {texts.createToken.titleFor(filters.owner)}
        </Button>
      )}
    </>
  );
}

interface ColumnsNeeds {
  readonly systems: readonly TokenSystemAnswer[];
  readonly page: TokenPage;
  readonly selected: ReadonlyMap<string, TokenAnswer>;
  readonly select: (tokens: readonly TokenAnswer[], isSelected: boolean) => void;
  readonly onRevoke: (token: TokenAnswer) => void;
}

function columnsFor({ systems, page, selected, select, onRevoke }: ColumnsNeeds): readonly Column<TokenAnswer>[] {
  const names = new Map(systems.map(({ system, name }) => [system, name]));
  const areAll = page.tokens.length > 0 && page.tokens.every((token) => selected.has(keyOf(token)));
  const mine = texts.myTokens;
  return [
    {
      key: 'select',
      title: T.select,
      head: (
        <input type="checkbox" aria-label={T.selectAll} checked={areAll} onChange={({ target }) => select(page.tokens, target.checked)} />
      ),
      cell: (token) => (
        <input
          type="checkbox"
          aria-label={T.selectOf(token.label)}
          checked={selected.has(keyOf(token))}
          onChange={({ target }) => select([token], target.checked)}
        />
      ),
    },
    { key: 'label', title: mine.name, isHead: true, isSortable: true, cell: ({ label }) => label },
    { key: 'owner', title: T.owner, cell: ({ owner, ownerKey }) => owner ?? <span className="postern-none">{ownerKey ?? T.nobody}</span> },
    { key: 'system', title: mine.system, cell: ({ system }) => names.get(system) ?? system },
    { key: 'status', title: mine.status, cell: ({ status }) => <TokenStatusLozenge status={status} /> },
    { key: 'created', title: mine.created, isSortable: true, cell: ({ createdAt }) => <Time at={createdAt} none="" isDay /> },
    {
      key: 'expires',
      title: mine.expires,
      isSortable: true,
      cell: ({ expiresAt }) => <Time at={expiresAt} none={texts.time.never} isDay />,
    },
    {
      key: 'lastUsed',
      title: mine.lastUsed,
      isSortable: true,
      cell: ({ lastUsedAt }) => <Time at={lastUsedAt} none={texts.time.never} isDay />,
    },
    { key: 'uses', title: mine.uses, isNumber: true, isSortable: true, cell: ({ useCount }) => useCount },
    {
      key: 'actions',
      title: mine.actions,
      cell: (token) => (
        <span className="postern-actions">
          <Link page={timelinePage(token.system, token.tokenRef)} label={texts.audit.timelineLink(token.label)}>
            {texts.audit.timeline}
          </Link>
          <Button kind="link" label={mine.revokeOf(token.label)} onPress={() => onRevoke(token)}>
            {T.revoke}
          </Button>
        </span>
      ),
    },
  ];
}

function keyOf({ system, tokenRef }: TokenAnswer): string {
  return `${system} ${tokenRef}`;
}
