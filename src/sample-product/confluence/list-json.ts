// A page of a list as Confluence writes it [PRD-5].
import { type Page, slice } from '../paging.js';
import type { Confluence } from './confluence.js';
import { siteLinks } from './user-json.js';

/** The items on the page, with links to the pages beside it. `path` is below `/rest/api`; `query` is what was asked for. */
export function listJson<T>(
  confluence: Confluence,
  path: string,
  query: URLSearchParams,
  items: readonly T[],
  page: Page,
  render: (item: T) => unknown,
) {
  const shown = slice(items, page);
  const link = (start: number) => {
    const parameters = new URLSearchParams(query);
    parameters.set('limit', String(page.limit));
    parameters.set('start', String(start));
    return `/rest/api${path}?${parameters.toString()}`;
  };
  const hasNext = shown.length > 0 && page.start + shown.length < items.length;
  const self = `${confluence.siteUrl()}/rest/api${path}${query.size === 0 ? '' : `?${query.toString()}`}`;
  return {
    results: shown.map(render),
    start: page.start,
    limit: page.limit,
    size: shown.length,
    _links: {
      self,
      ...(hasNext && { next: link(page.start + page.limit) }),
      ...(page.start > 0 && { prev: link(Math.max(0, page.start - page.limit)) }),
      ...siteLinks(confluence),
    },
  };
}
