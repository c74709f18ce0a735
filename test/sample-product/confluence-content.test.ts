// Pages and spaces of the sample Confluence.
import { LIMITS } from '../../src/core/index.js';
import { closeWorlds, type Reply, startWorld, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(closeWorlds);

const PAGE = {
  type: 'page',
  title: 'A page',
  space: { key: 'DS' },
  body: { storage: { value: '<p>Grüße</p>', representation: 'storage' } },
};

function create(json: object = PAGE): Promise<Reply> {
  return world.confluence('/content', { method: 'POST', json });
}

function change(id: string, json: object): Promise<Reply> {
  return world.confluence(`/content/${id}`, { method: 'PUT', json });
}

describe('read [PRD-5]', () => {
  it('lists pages short, with links to the site', async () => {
    const { json } = await world.confluence('/content');
    expect(json).toMatchObject({
      start: 0,
      limit: 25,
      size: 1,
      _links: { base: 'http://localhost:2990/confluence', context: '/confluence' },
    });
    expect(json.results[0]).toMatchObject({
      type: 'page',
      status: 'current',
      title: 'Welcome to the Demonstration Space',
      _expandable: { body: '', space: '', version: '' },
    });
    expect(json.results[0].body).toBeUndefined();
  });

  it('shows one with history, space and version, and more by expand', async () => {
    const { id } = (await create()).json;
    const plain = (await world.confluence(`/content/${id}`)).json;
    expect(plain).toMatchObject({
      id,
      title: 'A page',
      space: { key: 'DS' },
      version: { number: 1, by: { username: 'alice' } },
      history: { latest: true },
    });
    expect(plain.body).toBeUndefined();
    const expanded = (await world.confluence(`/content/${id}?expand=body.storage,version`)).json;
    expect(expanded.body).toEqual({ storage: { value: '<p>Grüße</p>', representation: 'storage' } });
    expect(expanded.version.when).toBe('2026-01-31T10:00:00.000Z');
    expect(expanded.space).toBeUndefined();
    expect(expanded._expandable).toEqual({ space: '', history: '', ancestors: '' });
  });

  it.each([
    { query: 'spaceKey=ds', titles: ['Welcome to the Demonstration Space', 'A page'] },
    { query: 'spaceKey=NOPE', titles: [] },
    { query: 'title=a%20PAGE&spaceKey=DS', titles: ['A page'] },
    { query: 'type=blogpost', titles: ['A post'] },
    { query: 'start=1&limit=1', titles: ['A page'] },
  ])('filters by $query', async ({ query, titles }) => {
    await create();
    await create({ ...PAGE, type: 'blogpost', title: 'A post' });
    const { json } = await world.confluence(`/content?${query}`);
    expect(json.results.map(({ title }: { title: string }) => title)).toEqual(titles);
    expect(json.size).toBe(titles.length);
  });

  it('links to the pages before and after, with what was asked', async () => {
    await create();
    const first = (await world.confluence('/content?spaceKey=DS&limit=1')).json;
    expect(first._links.prev).toBeUndefined();
    const second = await world.ask(`/confluence${first._links.next}`);
    expect(second.json.results[0].title).toBe('A page');
    expect(second.json._links.next).toBeUndefined();
    expect(second.json._links.prev).toBe('/rest/api/content?spaceKey=DS&limit=1&start=0');
  });

  it('tells the history that clients count versions by', async () => {
    const { id } = (await create()).json;
    expect((await world.confluence(`/content/${id}/history`)).json).toMatchObject({
      latest: true,
      createdBy: { username: 'alice' },
      createdDate: '2026-01-31T10:00:00.000Z',
      lastUpdated: { number: 1 },
    });
  });
});

describe('write [PRD-5]', () => {
  it('makes, changes and deletes a page', async () => {
    const created = await create();
    expect(created.status).toBe(200);
    const { id } = created.json;
    await world.clock.advance(1_000);
    const changed = await change(id, {
      type: 'page',
      title: 'Renamed',
      version: { number: 2, message: 'why' },
      body: { storage: { value: '<p>2</p>', representation: 'storage' } },
    });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ id, title: 'Renamed', version: { number: 2, message: 'why', when: '2026-01-31T10:00:01.000Z' } });
    expect((await world.confluence(`/content/${id}?expand=body.storage`)).json.body.storage.value).toBe('<p>2</p>');
    expect((await world.confluence(`/content/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await world.confluence(`/content/${id}`)).status).toBe(404);
  });

  it.each([1, 3, '2', undefined])('refuses version %s after version 1 with 409, so that no change is lost', async (number) => {
    const { id } = (await create()).json;
    const reply = await change(id, { title: 'Lost', version: { number } });
    expect(reply.status).toBe(409);
    expect(reply.json).toEqual({ statusCode: 409, message: 'Version must be incremented on update. Current version is: 1' });
    expect((await world.confluence(`/content/${id}`)).json.title).toBe('A page');
  });

  it('keeps what a change leaves out', async () => {
    const { id } = (await create()).json;
    await change(id, { version: { number: 2 } });
    expect((await world.confluence(`/content/${id}?expand=body.storage`)).json).toMatchObject({
      title: 'A page',
      body: { storage: { value: '<p>Grüße</p>' } },
    });
  });

  it('hangs a page below another, and shows the line up to it even where it is a ring', async () => {
    const top = (await create()).json.id;
    const below = (await create({ ...PAGE, title: 'Below', ancestors: [{ id: top }] })).json.id;
    const ancestors = async (id: string) =>
      (await world.confluence(`/content/${id}?expand=ancestors`)).json.ancestors.map((ancestor: { id: string }) => ancestor.id);
    expect(await ancestors(below)).toEqual([top]);
    await change(top, { version: { number: 2 }, ancestors: [{ id: below }] });
    expect(await ancestors(below)).toEqual([below, top]);
    await world.confluence(`/content/${top}`, { method: 'DELETE' });
    expect(await ancestors(below)).toEqual([]);
  });

  it.each([
    { json: { ...PAGE, title: 'WELCOME to the Demonstration Space' }, status: 400, reason: 'a title that is taken' },
    { json: { ...PAGE, title: ' ' }, status: 400, reason: 'no title' },
    { json: { ...PAGE, title: 'x'.repeat(LIMITS.sampleTitleLengthMax + 1) }, status: 400, reason: 'a title too long' },
    { json: { ...PAGE, type: 'comment' }, status: 400, reason: 'a type that the sample has not' },
    { json: { ...PAGE, space: { key: 'NOPE' } }, status: 404, reason: 'no such space' },
    { json: { ...PAGE, ancestors: [{ id: '1' }] }, status: 404, reason: 'no such parent' },
    { json: { ...PAGE, body: { wiki: { value: 'x', representation: 'wiki' } } }, status: 400, reason: 'a format that it cannot convert' },
    { json: { ...PAGE, body: { storage: { value: 'x', representation: 'wiki' } } }, status: 400, reason: 'the same, said otherwise' },
    { json: [], status: 400, reason: 'no object' },
  ])('refuses $reason with $status', async ({ json, status }) => {
    const reply = await create(json);
    expect(reply.status).toBe(status);
    expect(reply.json).toEqual({ statusCode: status, message: expect.any(String) });
    expect((await world.confluence('/content')).json.size).toBe(1);
  });
});

describe('who is not logged in [PRD-6]', () => {
  it('sees no page and no space, as if there were none', async () => {
    const { id } = (await create()).json;
    for (const path of ['/content', '/space']) expect((await world.confluence(path, { as: null })).json.results).toEqual([]);
    for (const path of [`/content/${id}`, `/content/${id}/history`]) {
      const reply = await world.confluence(path, { as: null });
      expect(reply.status).toBe(404);
      expect(reply.json).toEqual({ statusCode: 404, message: `No content found with id: ContentId{id=${id}}` });
    }
    expect((await world.confluence('/space/DS', { as: null })).json).toEqual({ statusCode: 404, message: 'No space found with key : DS' });
  });

  it('writes nothing: 403, or 404 for a page not seen', async () => {
    const { id } = (await create()).json;
    expect((await world.confluence('/content', { method: 'POST', as: null, json: { ...PAGE, title: 'x' } })).status).toBe(403);
    expect((await world.confluence(`/content/${id}`, { method: 'PUT', as: null, json: { version: { number: 2 } } })).status).toBe(403);
    expect((await world.confluence(`/content/${id}`, { method: 'DELETE', as: null })).status).toBe(404);
    expect((await world.confluence(`/content/${id}`)).json.version.number).toBe(1);
  });
});

it('lists spaces and shows one [PRD-5]', async () => {
  expect((await world.confluence('/space')).json).toMatchObject({
    size: 1,
    results: [{ key: 'DS', name: 'Demonstration Space', type: 'global' }],
  });
  expect((await world.confluence('/space?spaceKey=NOPE')).json.size).toBe(0);
  expect((await world.confluence('/space/ds')).json).toMatchObject({
    key: 'DS',
    _links: { self: 'http://localhost:2990/confluence/rest/api/space/DS' },
  });
  expect((await world.confluence('/space/NOPE')).status).toBe(404);
});
