// Pages: list, read, make, change, delete [PRD-5].
import { LIMITS, type Principal } from '../../core/index.js';
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { at, textAt } from '../json.js';
import { pageOf } from '../paging.js';
import { contentJson, DEFAULT_EXPAND, historyJson, wholeContentJson } from './content-json.js';
import { listJson } from './list-json.js';
import type { Confluence } from './confluence.js';
import { CONTENT_TYPES, type Content, type ContentType, contentMissing } from './space-store.js';
import { visibleSpace } from './spaces.js';

export function contentRoutes(confluence: Confluence): readonly Route[] {
  return [
    { method: 'GET', path: '/content', answer: (call) => listContents(confluence, call) },
    { method: 'POST', path: '/content', answer: (call) => createContent(confluence, call) },
    { method: 'GET', path: '/content/:content', answer: (call) => ok(shown(confluence, visibleContent(confluence, call), call)) },
    { method: 'PUT', path: '/content/:content', answer: (call) => changeContent(confluence, call) },
    { method: 'DELETE', path: '/content/:content', answer: (call) => deleteContent(confluence, call) },
    { method: 'GET', path: '/content/:content/history', answer: (call) => ok(historyJson(confluence, visibleContent(confluence, call))) },
  ];
}

function listContents(confluence: Confluence, { caller, query }: Call): Answer {
  const type = query.get('type') ?? 'page';
  const spaceKey = query.get('spaceKey')?.toUpperCase();
  const title = query.get('title')?.toLowerCase();
  const found = (caller === null ? [] : confluence.contents.all()).filter(
    (content) =>
      content.type === type &&
      (spaceKey === undefined || content.space.key === spaceKey) &&
      (title === undefined || content.fields.title.toLowerCase() === title),
  );
  const page = pageOf(query.get('start'), query.get('limit'), 25);
  const expand = query.get('expand') ?? '';
  return ok(listJson(confluence, '/content', query, found, page, (content) => contentJson(confluence, content, expand)));
}

async function createContent(confluence: Confluence, call: Call): Promise<Answer> {
  const caller = requireWriter(call);
  const json = await call.json();
  const type = contentType(at(json, 'type'));
  const space = visibleSpace(call, textAt(at(json, 'space'), 'key') ?? '');
  const title = titleIn(json) ?? '';
  const body = bodyIn(json) ?? '';
  if (title === '') throw new SampleFault(400, 'A title is required.');
  refuseSecondTitle(confluence, type, space, title, null);
  const version = { number: 1, by: caller.username, when: confluence.clock.now(), message: '' };
  return ok(
    shown(
      confluence,
      confluence.contents.create(type, space, { title, body, parentId: parentIn(confluence, json) ?? null }, version),
      call,
    ),
  );
}

/** What is left out stays as it is; the version has to be the next one, so that nobody overwrites a change not seen. */
async function changeContent(confluence: Confluence, call: Call): Promise<Answer> {
  const caller = requireWriter(call);
  const json = await call.json();
  const content = visibleContent(confluence, call);
  const number = at(at(json, 'version'), 'number');
  if (number !== content.version.number + 1) {
    throw new SampleFault(409, `Version must be incremented on update. Current version is: ${content.version.number}`);
  }
  const before = content.fields;
  const title = titleIn(json) ?? before.title;
  const parentId = parentIn(confluence, json) ?? before.parentId;
  refuseSecondTitle(confluence, content.type, content.space, title, content);
  const version = { number, by: caller.username, when: confluence.clock.now(), message: textAt(at(json, 'version'), 'message') ?? '' };
  confluence.contents.change(content, { title, body: bodyIn(json) ?? before.body, parentId }, version);
  return ok(shown(confluence, content, call));
}

function deleteContent(confluence: Confluence, call: Call): Answer {
  confluence.contents.remove(visibleContent(confluence, call));
  return { status: 204 };
}

function shown(confluence: Confluence, content: Content, { query }: Call) {
  return wholeContentJson(confluence, content, query.get('expand') ?? DEFAULT_EXPAND);
}

function visibleContent(confluence: Confluence, call: Call): Content {
  const id = call.parameters['content'] ?? '';
  const content = call.caller === null ? null : confluence.contents.find(id);
  if (content === null) throw contentMissing(id);
  return content;
}

/** Who writes has to be logged in: Confluence says 403 here, not 401 [PRD-6]. */
function requireWriter({ caller }: Call): Principal {
  if (caller === null) throw new SampleFault(403, 'User not permitted to use Confluence');
  return caller;
}

function contentType(value: unknown): ContentType {
  const type = CONTENT_TYPES.find((candidate) => candidate === value);
  if (type === undefined) throw new SampleFault(400, `The sample has these types of content: ${CONTENT_TYPES.join(', ')}.`);
  return type;
}

function titleIn(json: unknown): string | null {
  const title = textAt(json, 'title')?.trim() ?? null;
  if (title !== null && title.length > LIMITS.sampleTitleLengthMax)
    throw new SampleFault(400, `Title cannot be longer than ${LIMITS.sampleTitleLengthMax} characters.`);
  return title === '' ? null : title;
}

/** The storage format only: the sample converts nothing. */
function bodyIn(json: unknown): string | null {
  const body = at(json, 'body');
  if (body === undefined) return null;
  const storage = textAt(at(body, 'storage'), 'value');
  const representation = at(at(body, 'storage'), 'representation') ?? 'storage';
  if (storage === null || representation !== 'storage') throw new SampleFault(400, 'The body must be in the storage format.');
  return storage;
}

/** The last of `ancestors` is the parent. */
function parentIn(confluence: Confluence, json: unknown): string | null {
  const ancestors = at(json, 'ancestors');
  if (!Array.isArray(ancestors) || ancestors.length === 0) return null;
  const id = String(at(ancestors.at(-1), 'id'));
  if (confluence.contents.find(id) === null) throw contentMissing(id);
  return id;
}

function refuseSecondTitle(confluence: Confluence, type: ContentType, space: Content['space'], title: string, self: Content | null): void {
  const other = confluence.contents.titled(type, space, title);
  if (other === null || other === self) return;
  throw new SampleFault(
    400,
    `A page with this title already exists: A page already exists with the title ${title} in the space with key ${space.key}`,
  );
}
