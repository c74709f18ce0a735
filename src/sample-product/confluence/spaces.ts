// Spaces, which anonymous callers do not see [PRD-5].
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { pageOf } from '../paging.js';
import { listJson } from './list-json.js';
import type { Confluence } from './confluence.js';
import { SPACES, type Space, spaceOf } from './space-store.js';
import { siteLinks } from './user-json.js';

export function spaceRoutes(confluence: Confluence): readonly Route[] {
  return [
    { method: 'GET', path: '/space', answer: (call) => listSpaces(confluence, call) },
    {
      method: 'GET',
      path: '/space/:space',
      answer(call) {
        const space = visibleSpace(call, call.parameters['space'] ?? '');
        return ok({
          ...spaceJson(confluence, space),
          _links: { ...spaceLinks(confluence, space), collection: '/rest/api/space', ...siteLinks(confluence) },
        });
      },
    },
  ];
}

function listSpaces(confluence: Confluence, { caller, query }: Call): Answer {
  const keys = query.getAll('spaceKey').map((key) => key.toUpperCase());
  const visible = caller === null ? [] : SPACES.filter(({ key }) => keys.length === 0 || keys.includes(key));
  const page = pageOf(query.get('start'), query.get('limit'), 25);
  return ok(listJson(confluence, '/space', query, visible, page, (space) => spaceJson(confluence, space)));
}

/** The space with this key, or 404, also where the caller may not see it. */
export function visibleSpace({ caller }: Call, key: string): Space {
  const space = caller === null ? null : spaceOf(key);
  if (space === null) throw new SampleFault(404, `No space found with key : ${key}`);
  return space;
}

/** A space inside other things. */
export function spaceJson(confluence: Confluence, space: Space) {
  return {
    id: space.id,
    key: space.key,
    name: space.name,
    type: 'global',
    _links: spaceLinks(confluence, space),
    _expandable: { metadata: '', icon: '', description: '', homepage: '' },
  };
}

function spaceLinks(confluence: Confluence, { key }: Space) {
  return { webui: `/display/${key}`, self: `${confluence.siteUrl()}/rest/api/space/${key}` };
}
