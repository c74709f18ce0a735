// Pages as Confluence writes them: short, with the parts that `expand` names [PRD-5].
import type { Confluence } from './confluence.js';
import { spaceJson } from './spaces.js';
import type { Content, Version } from './space-store.js';
import { mentionedUserJson, siteLinks } from './user-json.js';

/** What a single content shows where nothing is asked for; a list shows none of it. */
export const DEFAULT_EXPAND = 'history,space,version';

/** The parts that can be asked for. Asking for others is no error in Confluence either. */
const PARTS: Readonly<Record<string, (confluence: Confluence, content: Content) => unknown>> = {
  space: (confluence, { space }) => spaceJson(confluence, space),
  version: (confluence, { version }) => versionJson(confluence, version),
  history: (confluence, content) => historyJson(confluence, content),
  ancestors: (confluence, content) => ancestorsOf(confluence, content).map((ancestor) => contentJson(confluence, ancestor, '')),
};

/** The body's forms. The sample does not render: what is shown is what is stored. */
const BODIES = ['storage', 'view'] as const;

/** The content with the parts that the comma-separated `expand` names. */
export function contentJson(confluence: Confluence, content: Content, expand: string): Record<string, unknown> {
  const wanted = new Set(expand.split(',').flatMap((path) => [path, path.split('.', 1)[0] ?? '']));
  const isShown = (name: string) => wanted.has(name);
  const bodies = BODIES.filter((form) => wanted.has(`body.${form}`));
  const shown = Object.entries(PARTS).filter(([name]) => isShown(name));
  const hidden = Object.keys(PARTS).filter((name) => !isShown(name));
  return {
    id: content.id,
    type: content.type,
    status: 'current',
    title: content.fields.title,
    ...Object.fromEntries(shown.map(([name, render]) => [name, render(confluence, content)])),
    ...(bodies.length > 0 && {
      body: Object.fromEntries(bodies.map((form) => [form, { value: content.fields.body, representation: form }])),
    }),
    extensions: { position: 'none' },
    _links: {
      webui: `/pages/viewpage.action?pageId=${content.id}`,
      self: `${confluence.siteUrl()}/rest/api/content/${content.id}`,
    },
    _expandable: Object.fromEntries([...hidden, ...(bodies.length > 0 ? [] : ['body'])].map((name) => [name, ''])),
  };
}

/** A content on its own: with the links to the site. */
export function wholeContentJson(confluence: Confluence, content: Content, expand: string) {
  const json = contentJson(confluence, content, expand);
  return { ...json, _links: { ...(json['_links'] as object), collection: '/rest/api/content', ...siteLinks(confluence) } };
}

/** When it was made and last changed, and by whom. */
export function historyJson(confluence: Confluence, content: Content) {
  return {
    latest: true,
    createdBy: mentionedUserJson(confluence, content.creator),
    createdDate: confluenceTime(content.created),
    lastUpdated: versionJson(confluence, content.version),
  };
}

function versionJson(confluence: Confluence, { number, by, when, message }: Version) {
  return { by: mentionedUserJson(confluence, by), when: confluenceTime(when), message, number, minorEdit: false, hidden: false };
}

/** The outermost first. A parent that was removed ends the line, and so does one that is met again. */
function ancestorsOf(confluence: Confluence, content: Content): readonly Content[] {
  const ancestors = new Set<Content>();
  for (let next = parentOf(confluence, content); next !== null && !ancestors.has(next); next = parentOf(confluence, next))
    ancestors.add(next);
  return [...ancestors].reverse();
}

function parentOf(confluence: Confluence, { fields }: Content): Content | null {
  return fields.parentId === null ? null : confluence.contents.find(fields.parentId);
}

/** Confluence's form of a time: ISO 8601, here always in UTC. */
function confluenceTime(instant: number): string {
  return new Date(instant).toISOString();
}
