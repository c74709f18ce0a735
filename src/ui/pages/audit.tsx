// The audit log: searched, filtered, followed live; a token's timeline; uses and denials over time; exports [AUD-23].
import { useCallback, useMemo } from 'react';
import type { TokenSystemAnswer } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
import { UsesChart } from '../audit/chart.js';
import { AuditFilterForm } from '../audit/filter-form.js';
import { type AuditFilters, filtersFrom } from '../audit/filters.js';
import { RecordTable } from '../audit/record-table.js';
import { TokenHead } from '../audit/token-head.js';
import { FOLLOWED_MAX, type Records, useRecords } from '../audit/use-records.js';
import { Button } from '../components/button.js';
import { Message } from '../components/message.js';
import { Page } from '../components/page.js';
import { goTo, usePlace } from '../navigation.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';

const T = texts.audit;

export function AuditPage() {
  const { query } = usePlace();
  const address = query.toString();
  // Other filters are another list: nothing of the one before stays.
  return <AuditView key={address} address={address} />;
}

function AuditView({ address }: { readonly address: string }) {
  const { api } = useSession();
  const filters = useMemo(() => filtersFrom(new URLSearchParams(address)), [address]);
  const loadSystems = useCallback(() => api.call<readonly TokenSystemAnswer[]>('GET', '/token-systems'), [api]);
  const systems = useLoaded(loadSystems).value ?? [];
  const found = useRecords(filters);
  const systemNames = new Map(systems.map(({ system, name }) => [system, name]));
  const isTimeline = filters.tokenRef !== '' && filters.system !== '';
  return (
    <Page title={T.title} actions={<FollowButton found={found} filters={filters} />}>
      {isTimeline ? <TokenHead system={filters.system} tokenRef={filters.tokenRef} systems={systems} /> : <UsesChart filters={filters} />}
      <AuditFilterForm filters={filters} systems={systems} onShow={(next) => goTo(withQuery('audit', next))} />
      {found.fault === null ? null : <Message kind="error">{found.fault}</Message>}
      {found.cannotFollow ? <Message kind="warning">{T.followFault}</Message> : null}
      {found.page?.isCurrent === false ? <Message kind="warning">{T.stale}</Message> : null}
      {found.dropped === 0 ? null : <Message kind="warning">{T.dropped(found.dropped)}</Message>}
      {found.page === null ? null : (
        <>
          <p className="postern-hint" role="status">
            {found.isFollowing ? T.following(found.fresh) : ''}
          </p>
          <RecordTable records={found.records} systemNames={systemNames} isTimeline={isTimeline} />
          <Foot found={found} />
        </>
      )}
    </Page>
  );
}

/** What has an end in the past cannot be followed. */
function FollowButton({ found, filters }: { readonly found: Records; readonly filters: AuditFilters }) {
  if (filters.span === 'between') return null;
  return <Button onPress={() => found.follow(!found.isFollowing)}>{found.isFollowing ? T.unfollow : T.follow}</Button>;
}

function Foot({ found }: { readonly found: Records }) {
  const { page, records, isFollowing } = found;
  if (page === null) return null;
  if (isFollowing) return <p className="postern-hint">{T.followed(FOLLOWED_MAX)}</p>;
  return (
    <div className="postern-pager">
      {page.nextCursor === null ? null : (
        <Button isDisabled={found.isLoading} onPress={found.older}>
          {page.records.length === 0 ? T.further : T.older}
        </Button>
      )}
      <span role="status">
        {T.shown(records.length, page.total)}
        {found.scanned > records.length ? ` · ${T.scanned(found.scanned)}` : ''}
      </span>
    </div>
  );
}
