// The records that fit, the newest first: page by page from the server, and those that come while somebody follows.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditPage, AuditRecord, AuditStreamEvents } from '../../admin/api-types.js';
import { faultText, withQuery } from '../api.js';
import { later, now } from '../later.js';
import { useSession } from '../session.js';
import { type AuditFilters, narrowing, rangeOf } from './filters.js';

const PAGE_SIZE = 50;
/** Rows that are kept while somebody follows: more than anybody reads, and few enough for a browser to draw. */
export const FOLLOWED_MAX = 500;
/** Milliseconds that what comes is gathered for before it is drawn. */
const GATHER_MS = 200;

export interface Records {
  readonly records: readonly AuditRecord[];
  /** Of the last page; null: none is there yet. */
  readonly page: AuditPage | null;
  readonly scanned: number;
  readonly fault: string | null;
  readonly isLoading: boolean;
  /** Adds the next page. */
  readonly older: () => void;
  readonly isFollowing: boolean;
  readonly follow: (isFollowing: boolean) => void;
  /** Came since it was followed. */
  readonly fresh: number;
  readonly dropped: number;
  /** It was tried and refused. */
  readonly cannotFollow: boolean;
}

type State = Omit<Records, 'older' | 'isFollowing' | 'follow'>;

const EMPTY: State = { records: [], page: null, scanned: 0, fault: null, isLoading: true, fresh: 0, dropped: 0, cannotFollow: false };

/** `filters` must keep their identity for as long as the caller is there. */
export function useRecords(filters: AuditFilters): Records {
  const { api } = useSession();
  const [state, setState] = useState(EMPTY);
  const [isFollowing, setFollowing] = useState(false);
  const turn = useRef(0);

  const load = useCallback(
    (cursor: string | null): void => {
      // What was asked for before and answers later is dropped.
      const mine = (turn.current += 1);
      setState((before) => ({ ...before, isLoading: true }));
      const settle = (next: (before: State) => State): void => {
        if (mine === turn.current) setState(next);
      };
      api.call<AuditPage>('GET', withQuery('/audit', { ...rangeOf(filters, now()), ...narrowing(filters), limit: PAGE_SIZE, cursor })).then(
        (page) => settle((before) => added(before, page, cursor === null)),
        (error: unknown) => settle((before) => ({ ...before, fault: faultText(error), isLoading: false })),
      );
    },
    [api, filters],
  );

  useEffect(() => {
    if (!isFollowing) load(null);
    const stop = isFollowing
      ? followStream(
          filters,
          setState,
          () => load(null),
          () => setFollowing(false),
        )
      : () => undefined;
    return () => {
      turn.current += 1;
      stop();
    };
  }, [isFollowing, filters, load]);

  const { page } = state;
  return {
    ...state,
    older: () => load(page?.nextCursor ?? null),
    isFollowing,
    follow: (next) => {
      setState((before) => ({ ...before, fresh: 0, dropped: 0, cannotFollow: false }));
      setFollowing(next);
    },
  };
}

function added(before: State, page: AuditPage, isFirst: boolean): State {
  const scanned = (isFirst ? 0 : before.scanned) + page.scanned;
  const rest = { ...before, page, scanned, fault: null, isLoading: false };
  // What the stream told meanwhile may be newer than the page.
  const told = isFirst ? before.records.filter(({ id, time }) => isTold(time, page) && page.records.every((each) => each.id !== id)) : [];
  return { ...rest, records: isFirst ? [...told, ...page.records] : [...before.records, ...page.records] };
}

/** Whether a record that is not on the first page is newer than all of it. */
function isTold(time: string, { records }: AuditPage): boolean {
  const [newest] = records;
  return newest === undefined || time > newest.time;
}

/** Listens until the answer is called. Whenever the stream begins, also after a break, the list is read again, so that nothing is missed. */
function followStream(
  filters: AuditFilters,
  setState: (change: (before: State) => State) => void,
  reload: () => void,
  giveUp: () => void,
): () => void {
  const source = new EventSource(withQuery('/api/v1/audit/stream', narrowing(filters)));
  let gathered: AuditRecord[] = [];
  let cancel: (() => void) | null = null;
  const draw = (): void => {
    const come = gathered;
    gathered = [];
    cancel = null;
    setState((before) => withCome(before, come));
  };
  const take = (event: MessageEvent<string>): void => {
    gathered.push(JSON.parse(event.data) as AuditRecord);
    cancel ??= later(draw, GATHER_MS);
  };
  source.addEventListener('open', reload);
  source.addEventListener('opened', take);
  source.addEventListener('ended', take);
  source.addEventListener('dropped', (event: MessageEvent<string>) => {
    const { count } = JSON.parse(event.data) as AuditStreamEvents['dropped'];
    setState((before) => ({ ...before, dropped: before.dropped + count }));
  });
  source.addEventListener('error', () => {
    // A break is mended by the browser itself; what the server refused is not asked for again.
    if (source.readyState !== EventSource.CLOSED) return;
    setState((before) => ({ ...before, cannotFollow: true }));
    giveUp();
  });
  return () => {
    source.close();
    cancel?.();
  };
}

/** A record that ended takes the place of the same one when it began. */
function withCome(before: State, come: readonly AuditRecord[]): State {
  const byId = new Map(before.records.map((record) => [record.id, record]));
  const known = byId.size;
  for (const record of come) byId.set(record.id, record);
  const records = [...byId.values()].sort(newestFirst).slice(0, FOLLOWED_MAX);
  return { ...before, records, fresh: before.fresh + byId.size - known };
}

function newestFirst(one: AuditRecord, other: AuditRecord): number {
  if (one.time !== other.time) return one.time < other.time ? 1 : -1;
  return other.sequence - one.sequence;
}
