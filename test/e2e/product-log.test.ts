// The products' own audit logs and a token's usage details, asked of the built server while it records.
import { GATEWAY_PASSWORD } from '../support/first-start.js';
import { openGate, type Gate, request } from '../support/gate.js';
import { basic } from '../support/raw-client.js';

interface Entity {
  readonly timestamp: string;
  readonly author: { readonly name: string; readonly type: string; readonly id: string };
  readonly type: Readonly<Record<string, string>>;
  readonly affectedObjects: readonly Readonly<Record<string, string>>[];
  readonly extraAttributes: readonly Readonly<Record<string, string>>[];
}

interface EventsPage {
  readonly entities: readonly Entity[];
  readonly pagingInfo: {
    readonly nextPageOffset?: number;
    readonly nextPageCursor?: string;
    readonly nextPageLink?: string;
    readonly lastPage: boolean;
    readonly size: number;
  };
}

interface RecordsPage {
  readonly offset: number;
  readonly limit: number;
  readonly total: number;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

const EVENTS = '/jira/rest/auditing/1.0/events';
const RECORDS = '/jira/rest/api/2/auditing/record';

let gate: Gate;

beforeAll(async () => {
  // Nobody asks that Confluence anything: its log is Postern's own.
  gate = await openGate('emulator', { settings: { POSTERN_CONFLUENCE_UPSTREAM: 'http://127.0.0.1:9' } });
});

afterAll(() => gate.close());

async function get<T>(path: string, authorization = gate.password): Promise<T> {
  const url = path.startsWith('http') ? path : `${gate.postern.origin}${path}`;
  const answer = await fetch(url, { headers: { Authorization: authorization } });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function post(path: string, json: unknown): Promise<Record<string, unknown>> {
  const headers = { Authorization: gate.password, 'Content-Type': 'application/json' };
  const answer = await fetch(`${gate.postern.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(json) });
  return (await answer.json()) as Record<string, unknown>;
}

const use = (token: string, path: string): Promise<unknown> =>
  gate.send(request('GET', path, [`Authorization: ${gate.as(token)}`, 'User-Agent: tool/1']));

/** The label of an event of a token that was made. */
const labelOf = ({ extraAttributes }: Entity): string => extraAttributes.find(({ name }) => name === 'Token Name')?.['value'] ?? '';

describe('the product’s audit log', () => {
  it('has personal access tokens made and deleted, in the product’s words [PAT-60, AUD-20]', async () => {
    const { id } = await post('/jira/rest/pat/latest/tokens', { name: 'siem', expirationDuration: 30 });
    await fetch(`${gate.postern.origin}/jira/rest/pat/latest/tokens/${String(id)}`, {
      method: 'DELETE',
      headers: { Authorization: gate.password },
    });
    const { entities, pagingInfo } = await get<EventsPage>(`${EVENTS}?limit=2`);
    const [deleted, created] = entities;
    expect(deleted?.type).toEqual({
      categoryI18nKey: 'personal.access.tokens.audit.log.category',
      category: 'Security',
      actionI18nKey: 'personal.access.tokens.audit.log.summary.token.deleted',
      action: 'Personal access token deleted',
    });
    expect(Object.keys(created ?? {})).toEqual([
      'timestamp',
      'author',
      'type',
      'affectedObjects',
      'changedValues',
      'source',
      'system',
      'node',
      'method',
      'extraAttributes',
    ]);
    expect(created).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      author: { name: 'admin', type: 'ApplicationUser', id: expect.stringMatching(/^\d+$/), uri: expect.any(String), avatarUri: '' },
      type: {
        actionI18nKey: 'personal.access.tokens.audit.log.summary.token.created',
        action: 'Personal access token created',
      },
      affectedObjects: [{ name: 'admin', type: 'User', id: expect.stringMatching(/^JIRAUSER/), uri: expect.any(String) }],
      changedValues: [],
      source: '127.0.0.1',
      extraAttributes: [{ nameI18nKey: 'personal.access.tokens.audit.log.extra.attribute.name', name: 'Token Name', value: 'siem' }],
    });
    // The password's own request is none of the product's events.
    expect(pagingInfo).toEqual({ lastPage: true, size: 2 });
  });

  it('has the same in the older shape, with a total that is known [AUD-21]', async () => {
    const page = await get<RecordsPage>(`${RECORDS}?limit=1`);
    expect(page).toMatchObject({ offset: 0, limit: 1, total: 2 });
    expect(page.records).toEqual([
      {
        id: 2,
        summary: 'Personal access token deleted',
        remoteAddress: '127.0.0.1',
        authorKey: expect.stringMatching(/^JIRAUSER/),
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
        category: 'Security',
        eventSource: '',
        objectItem: { id: expect.any(String), name: 'admin', typeName: 'USER', parentId: '1', parentName: 'Jira Internal Directory' },
        changedValues: [{ fieldName: 'Token Name', changedTo: 'siem' }],
        associatedItems: [],
      },
    ]);
    const second = await get<RecordsPage>(`${RECORDS}?offset=1&limit=1&from=2020-01-01T00:00:00.000+0000&to=2099-01-01T00:00:00`);
    expect([second.total, second.records.map(({ id }) => id)]).toEqual([2, [1]]);
    expect((await get<RecordsPage>(`${RECORDS}?filter=DELETED`)).records).toHaveLength(1);
    expect((await get<RecordsPage>(`${RECORDS}?limit=0`)).limit).toBe(1_000);
  });

  it('is below every context path, of each product its own [AUD-20]', async () => {
    await post('/confluence/rest/pat/latest/tokens', { name: 'wiki', expirationDuration: 30 });
    const { entities } = await get<EventsPage>('/confluence/rest/auditing/1.0/events');
    expect(entities.map((entity) => [labelOf(entity), entity.affectedObjects[0]?.['id']?.length])).toEqual([['wiki', 32]]);
    expect((await get<EventsPage>(EVENTS)).entities).toHaveLength(2);
  });

  it.each([
    [EVENTS, { message: expect.any(String), 'status-code': 401 }, { message: expect.any(String), 'status-code': 403 }],
    [RECORDS, { errorMessages: [expect.any(String)], errors: {} }, { errorMessages: [expect.any(String)], errors: {} }],
  ])('is for administrators: %s refuses anybody else in its own shape [AUD-20, AUD-21]', async (path, of401, of403) => {
    const nobody = await fetch(`${gate.postern.origin}${path}`);
    expect([nobody.status, await nobody.json()]).toEqual([401, of401]);
    expect(nobody.headers.get('www-authenticate')).toContain('Basic');
    const user = await fetch(`${gate.postern.origin}${path}`, { headers: { Authorization: basic('user', 'user') } });
    expect([user.status, await user.json()]).toEqual([403, of403]);
    const bad = await fetch(`${gate.postern.origin}${path}?from=yesterday`, { headers: { Authorization: gate.password } });
    expect(bad.status).toBe(400);
  });

  it('shows Extender’s calls unless the switch keeps them out, and the trail shows them all the same [AUD-5]', async () => {
    const { token } = await gate.token({ label: 'calls' });
    await use(token, '/jira/rest/api/2/issue/IN-1');
    await gate.tokenTools('set', { addAuditRecord: false });
    await use(token, '/jira/rest/api/2/issue/OUT-1');
    await gate.tokenTools('set', { addAuditRecord: true });
    const { entities } = await get<EventsPage>(`${EVENTS}?search=issue`);
    expect(entities.map(({ extraAttributes }) => extraAttributes.find(({ name }) => name === 'Path')?.['value'])).toEqual([
      '/jira/rest/api/2/issue/IN-1',
    ]);
    const { records } = await get<{ records: { path: string; inProductLog: boolean }[] }>('/api/v1/audit?path=/jira/rest/api/2/issue/');
    expect(records.map(({ path, inProductLog }) => [path.slice(-5), inProductLog])).toEqual([
      ['OUT-1', false],
      ['/IN-1', true],
    ]);
  });

  it('answers filters by user, action, category and affected object [AUD-20]', async () => {
    const [first] = (await get<EventsPage>(`${EVENTS}?actions=Personal+access+token+created`)).entities;
    const of = async (query: string) => (await get<EventsPage>(`${EVENTS}?${query}`)).entities.length;
    expect(await of(`userIds=${first?.author.id ?? ''}&actions=Personal+access+token+created,Personal+access+token+deleted`)).toBe(2);
    expect(await of('userIds=nobody')).toBe(0);
    expect(await of(`affectedObject=USER,${first?.affectedObjects[0]?.['id'] ?? ''}&actions=Personal+access+token+deleted`)).toBe(1);
    expect(await of('categories=User+management')).toBe(0);
  });

  it('is read by a connector, poll after poll, without loss while it is written [AUD-20]', async () => {
    let isWriting = true;
    const labels: string[] = [];
    const writer = async (name: string): Promise<void> => {
      for (let number = 0; number < 25; number += 1) {
        const label = `${name}-${number}`;
        await gate.token({ label });
        labels.push(label);
      }
    };
    // As stock connectors do: from the newest event seen to now, then the link of each page.
    const seen = new Set<string>();
    let from = new Date(Date.now() - 1).toISOString();
    const poll = async (): Promise<void> => {
      let link: string | undefined = `${EVENTS}?limit=3&from=${from}&to=${new Date().toISOString()}`;
      let newest: string | null = null;
      while (link !== undefined) {
        const { entities, pagingInfo }: EventsPage = await get<EventsPage>(link);
        newest ??= entities[0]?.timestamp ?? null;
        for (const entity of entities) seen.add(labelOf(entity));
        expect([pagingInfo.size, 'nextPageLink' in pagingInfo]).toEqual([entities.length, !pagingInfo.lastPage]);
        link = pagingInfo.nextPageLink;
      }
      from = newest ?? from;
    };
    const writing = Promise.all([writer('a'), writer('b'), writer('c')]).finally(() => (isWriting = false));
    while (isWriting) await poll();
    await writing;
    await poll();
    expect(labels).toHaveLength(75);
    expect(labels.filter((label) => !seen.has(label))).toEqual([]);
  });

  it.each([
    ['offset and limit', (page: EventsPage, offset: number) => (page.pagingInfo.lastPage ? null : `offset=${offset}`)],
    ['nextPageOffset', ({ pagingInfo }: EventsPage) => (pagingInfo.lastPage ? null : `offset=${pagingInfo.nextPageOffset ?? 0}`)],
    ['pageCursor', ({ pagingInfo }: EventsPage) => (pagingInfo.lastPage ? null : `pageCursor=${pagingInfo.nextPageCursor ?? ''}`)],
    [
      'both',
      ({ pagingInfo }: EventsPage) =>
        pagingInfo.lastPage ? null : `pageCursor=${pagingInfo.nextPageCursor ?? ''}&offset=${pagingInfo.nextPageOffset ?? 0}`,
    ],
  ])('is paged by %s: every event, the newest first [AUD-20]', async (_name, next) => {
    const all = (await get<EventsPage>(`${EVENTS}?limit=1000&actions=`)).entities.map(labelOf);
    const read: string[] = [];
    for (let query: string | null = ''; query !== null; ) {
      const page: EventsPage = await get<EventsPage>(`${EVENTS}?limit=30&${query}`);
      read.push(...page.entities.map(labelOf));
      query = next(page, read.length);
    }
    expect(read).toEqual(all);
  });

  it('is recorded itself, as any request below /rest/ [AUD-1]', async () => {
    const { records } = await get<{ records: { outcome: string; path: string }[] }>(`/api/v1/audit?path=${EVENTS}&limit=1&decision=permit`);
    expect(records).toMatchObject([{ outcome: 'served', path: EVENTS }]);
  });
});

describe('the usage details of an Extender token', () => {
  const usage = (id: string, more = '', authorization?: string) =>
    get<{ total: number; pages: number; startAt: number; maxResults: number; usage: Record<string, unknown>[]; status: string }>(
      `/jira/rest/extender/1.0/tokenTools/usage?id=${encodeURIComponent(id)}${more}`,
      authorization,
    );

  it('are one row a call, newest first, paged as tokens are, while they are collected [EXT-46, EXT-44]', async () => {
    const { token, id } = await gate.token({ label: 'details', userName: 'admin', limitTo: '[get] /jira/rest/api/2/.*' });
    await use(token, '/jira/rest/api/2/one');
    await gate.send(request('POST', '/jira/rest/api/2/two', [`Authorization: ${gate.as(token)}`]));
    await gate.tokenTools('set', { collectUsageDetails: false });
    await use(token, '/jira/rest/api/2/unseen');
    await gate.tokenTools('set', { collectUsageDetails: true });
    await use(token, '/jira/rest/api/2/three');
    const page = await usage(id);
    expect(page).toMatchObject({ total: 3, pages: 1, startAt: 0, maxResults: 1000, status: 'ok' });
    expect(page.usage.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['GET', '/jira/rest/api/2/three', 200],
      ['POST', '/jira/rest/api/2/two', 403],
      ['GET', '/jira/rest/api/2/one', 200],
    ]);
    expect(page.usage[0]).toEqual({
      time: expect.any(Number),
      method: 'GET',
      path: '/jira/rest/api/2/three',
      status: 200,
      ip: '127.0.0.1',
      userAgent: 'tool/1',
      rule: expect.stringContaining('/jira/rest/api/2/.*'),
    });
    const second = await usage(id, '&startAt=1&maxResults=1');
    expect([second.pages, second.usage.map(({ path }) => path)]).toEqual([3, ['/jira/rest/api/2/two']]);
  });

  it('are for administrators and the token’s user: to others it is not there [EXT-46, EXT-51]', async () => {
    const { id } = await gate.token({ label: 'own', userName: 'user' });
    expect((await usage(id, '', basic('user', 'user'))).total).toBe(0);
    await expect(usage(id, '', basic('jankowalski', 'jankowalski'))).rejects.toThrow('404');
    await expect(usage('nothing')).rejects.toThrow('404');
    const answer = await fetch(`${gate.postern.origin}/jira/rest/extender/1.0/tokenTools/usage`, {
      headers: { Authorization: gate.password },
    });
    expect(answer.status).toBe(400);
  });
});

it('leaves the product’s own log to a product that has one: in the gateway profile it is asked [AUD-20]', async () => {
  const real = await openGate('gateway', { settings: { POSTERN_PASSWORDS: 'forward' } });
  try {
    const { received } = await real.send(request('GET', EVENTS, [`Authorization: ${basic('admin', GATEWAY_PASSWORD)}`]));
    expect(received.map(({ target }) => target)).toEqual([EVENTS]);
  } finally {
    await real.close();
  }
});
