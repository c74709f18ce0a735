// What one's own token was used for, call by call [EXT-46]; administrators have the same in the audit log, as the token's timeline.
import { useCallback } from 'react';
import type { TokenCallAnswer, TokenCallPage } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
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

const T = texts.tokenCalls;
const PAGE_SIZE = 50;

export function TokenCallsPage() {
  const { api } = useSession();
  const { query } = usePlace();
  const system = query.get('system') ?? '';
  const tokenRef = query.get('tokenRef') ?? '';
  const startAt = query.get('startAt') ?? '';
  const load = useCallback(
    () =>
      api.call<TokenCallPage>(
        'GET',
        withQuery(`/my/tokens/${encodeURIComponent(system)}/calls`, { tokenRef, startAt, maxResults: PAGE_SIZE }),
      ),
    [api, system, tokenRef, startAt],
  );
  const { value, fault } = useLoaded(load);
  // While another token's are loaded, these are not shown under its name.
  const page = value?.token.system === system && value.token.tokenRef === tokenRef ? value : null;
  return (
    <Page title={page === null ? T.title : T.titleOf(page.token.label)}>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      <p>
        {page === null ? null : <TokenStatusLozenge status={page.token.status} />} {T.about}
      </p>
      <p>
        <Link page="my-tokens">{T.back}</Link>
      </p>
      {page === null ? null : (
        <Calls page={page} onPage={(start) => goTo(withQuery('my-tokens/calls', { system, tokenRef, startAt: start }))} />
      )}
    </Page>
  );
}

function Calls({ page, onPage }: { readonly page: TokenCallPage; readonly onPage: (startAt: number) => void }) {
  const { token, collecting, calls, startAt } = page;
  return (
    <>
      {collecting === 'on' ? null : <Message kind="info">{T[collecting]}</Message>}
      <Table
        caption={T.caption}
        columns={columnsFor(token)}
        rows={calls.map((call, index) => ({ ...call, place: startAt + index }))}
        keyOf={({ place }) => String(place)}
        empty={collecting === 'on' ? T.empty : T.emptyOff}
      />
      <Pager {...page} onPage={onPage} />
    </>
  );
}

type Row = TokenCallAnswer & { readonly place: number };

function columnsFor(token: TokenCallPage['token']): readonly Column<Row>[] {
  return [
    { key: 'time', title: T.time, cell: ({ time }) => <Time at={time} none="" isExact /> },
    { key: 'decision', title: T.decision, cell: (call) => <Verdict call={call} token={token} /> },
    { key: 'request', title: T.request, isHead: true, cell: (call) => <span className="postern-path">{requestOf(call)}</span> },
    {
      key: 'status',
      title: T.status,
      isNumber: true,
      cell: ({ status }) => status ?? <span className="postern-none">{T.unknownStatus}</span>,
    },
    { key: 'address', title: T.address, cell: ({ clientAddress }) => clientAddress ?? '' },
    { key: 'agent', title: T.userAgent, cell: ({ userAgent }) => <span className="postern-word">{userAgent}</span> },
    { key: 'rule', title: T.rule, cell: ({ rule }) => (rule === null ? null : <code className="postern-word">{rule}</code>) },
  ];
}

interface VerdictProps {
  readonly call: TokenCallAnswer;
  readonly token: TokenCallPage['token'];
}

function Verdict({ call, token }: VerdictProps) {
  const { decision } = call;
  return (
    <>
      <span className={`aui-lozenge aui-lozenge-${decision === 'permit' ? 'success' : 'error'}`}>{T.decisions[decision]}</span>
      {decision === 'permit' ? null : <Why call={call} token={token} />}
    </>
  );
}

/** The explain page with this request, as of then [GW-25]. */
function Why({ call, token: { system, tokenRef } }: VerdictProps) {
  const { method, path, clientAddress, time } = call;
  const page = withQuery('explain', { system, tokenRef, method, url: path, address: clientAddress, at: time });
  return (
    <span className="postern-word">
      <Link page={page} label={T.whyOf(requestOf(call))}>
        {T.why}
      </Link>
    </span>
  );
}

function requestOf({ method, path }: TokenCallAnswer): string {
  return `${method} ${path}`;
}
