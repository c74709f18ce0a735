// Which page is shown: the path below `/ui/`, kept in the browser's history.
import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';

const ROOT = '/ui/';
const CHANGED = 'postern-navigated';

/** The path below `/ui/` and the query; both without their marks. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Where the browser is; changes when it goes elsewhere. */
export function usePlace(): Place {
  const address = useSyncExternalStore(subscribe, () => window.location.pathname + window.location.search);
  const mark = address.indexOf('?');
  const path = mark < 0 ? address : address.slice(0, mark);
  return { path: path.slice(ROOT.length).replace(/\/$/, ''), query: new URLSearchParams(mark < 0 ? '' : address.slice(mark)) };
}

/** Goes to a page: `tokens`, `tokens?owner=admin`. */
export function goTo(page: string): void {
  window.history.pushState(null, '', ROOT + page);
  window.dispatchEvent(new Event(CHANGED));
  window.scrollTo(0, 0);
}

/** A link to another page, which does not load everything anew. */
export function Link({
  page,
  children,
  isCurrent = false,
  label,
}: {
  readonly page: string;
  readonly children: ReactNode;
  readonly isCurrent?: boolean;
  /** For readers, where the text alone would be the same in every row. */
  readonly label?: string;
}) {
  const follow = (event: MouseEvent): void => {
    // Another tab or window is the browser's to open.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(page);
  };
  return (
    <a href={ROOT + page} onClick={follow} aria-label={label} {...(isCurrent ? { 'aria-current': 'page' as const } : {})}>
      {children}
    </a>
  );
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(CHANGED, listener);
  };
}
