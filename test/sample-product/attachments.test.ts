// Files: sent as forms, bounded, given back as they came and for saving only.
import { Readable } from 'node:stream';
import { LIMITS } from '../../src/core/index.js';
import { BOUNDARY, form, FORM_TYPE, type Part, UPLOAD_HEADERS } from './form.js';
import { closeWorlds, type Reply, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(closeWorlds);

const ATTACHMENTS = '/issue/SCRUM-1/attachments';

function attach(body: Buffer | string, headers: Record<string, string> = UPLOAD_HEADERS, as: string | null = 'alice'): Promise<Reply> {
  return world.jira(ATTACHMENTS, { method: 'POST', as, body, headers });
}

it('keeps every byte, and gives the file back below /rest, for saving only [PRD-4]', async () => {
  const content = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
  const sent = await attach(form({ filename: 'all bytes.bin', type: 'image/png', content }));
  expect(sent.status).toBe(200);
  const [attachment] = sent.json;
  expect(attachment).toEqual({
    self: `http://localhost:2990/jira/rest/api/2/attachment/${attachment.id}`,
    id: attachment.id,
    filename: 'all bytes.bin',
    author: expect.objectContaining({ name: 'alice' }),
    created: '2026-01-31T10:00:00.000+0000',
    size: 70_000,
    mimeType: 'image/png',
    content: `http://localhost:2990/jira/rest/api/2/attachment/content/${attachment.id}`,
  });
  expect((await world.jira(`/attachment/${attachment.id}`)).json).toEqual(attachment);
  expect((await world.jira('/issue/SCRUM-1?fields=attachment')).json.fields.attachment).toContainEqual(attachment);

  const got = await world.jira(`/attachment/content/${attachment.id}`);
  expect(got.bytes.equals(content)).toBe(true);
  expect(got.headers).toMatchObject({
    'content-type': 'image/png',
    'content-length': '70000',
    'content-disposition': 'attachment; filename="all bytes.bin"',
    'x-content-type-options': 'nosniff',
  });
});

it('never lets a page that somebody attached run as one of the site [PRD-4]', async () => {
  const [attachment] = (await attach(form({ filename: 'evil.html', type: 'text/html', content: '<script>' }))).json;
  const got = await world.jira(`/attachment/content/${attachment.id}`);
  expect(got.headers['content-disposition']).toMatch(/^attachment;/);
});

it('takes a body of unknown length, as it streams in [PRD-4]', async () => {
  const body = form({ filename: 'stream.txt', content: 'x'.repeat(200_000) });
  const chunks = Array.from({ length: Math.ceil(body.length / 1_000) }, (_, index) => body.subarray(index * 1_000, (index + 1) * 1_000));
  const reply = await fetch(`${world.product.origin}/jira/rest/api/2${ATTACHMENTS}`, {
    method: 'POST',
    headers: { ...UPLOAD_HEADERS, 'X-Forwarded-User': 'alice' },
    body: Readable.toWeb(Readable.from(chunks)) as ReadableStream,
    duplex: 'half',
  });
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject([{ filename: 'stream.txt', size: 200_000 }]);
});

describe('reads forms as the clients write them [PRD-4]', () => {
  const cases: readonly { reason: string; parts: readonly Part[]; files: readonly object[] }[] = [
    {
      reason: 'two files',
      parts: [
        { filename: 'a', content: '1' },
        { filename: 'b', content: '22' },
      ],
      files: [
        { filename: 'a', size: 1 },
        { filename: 'b', size: 2 },
      ],
    },
    { reason: 'an empty file', parts: [{ filename: 'empty', content: '' }], files: [{ filename: 'empty', size: 0 }] },
    {
      reason: 'other fields beside it',
      parts: [
        { name: 'minorEdit', content: 'true' },
        { filename: 'a', content: '1' },
      ],
      files: [{ filename: 'a' }],
    },
    { reason: 'a name in UTF-8', parts: [{ filename: 'grüße.txt', content: '1' }], files: [{ filename: 'grüße.txt' }] },
    { reason: 'no type said', parts: [{ filename: 'a', content: '1' }], files: [{ mimeType: 'text/plain' }] },
    { reason: 'a path before the name', parts: [{ filename: '../../etc/passwd', content: '1' }], files: [{ filename: 'passwd' }] },
    { reason: 'a path of Windows', parts: [{ filename: 'C:\\temp\\a.txt', content: '1' }], files: [{ filename: 'a.txt' }] },
    { reason: 'line ends and dashes inside', parts: [{ filename: 'a', content: '\r\n--\r\n--x\r\n\r\n' }], files: [{ size: 13 }] },
  ];
  it.each(cases)('$reason', async ({ parts, files }) => {
    const reply = await attach(form(...parts));
    expect(reply.status).toBe(200);
    expect(reply.json).toHaveLength(files.length);
    expect(reply.json).toMatchObject(files);
  });

  it('a name in the extended form of RFC 5987, as older Python clients write it', async () => {
    const body = form({ filename: 'X', content: '1' }).toString().replace('filename="X"', "filename*=utf-8''gr%C3%BC%C3%9Fe.txt");
    expect((await attach(body)).json).toMatchObject([{ filename: 'grüße.txt' }]);
  });
});

describe('refuses what is no upload, and keeps nothing of it [PRD-4]', () => {
  const file = form({ filename: 'a', content: '1' });
  it.each([
    { reason: 'no file at all', body: form({ name: 'other', filename: 'a', content: '1' }), type: FORM_TYPE, status: 400 },
    { reason: 'a text where the file should be', body: form({ content: '1' }), type: FORM_TYPE, status: 400 },
    { reason: 'a file without a name', body: form({ filename: '', content: '1' }), type: FORM_TYPE, status: 400 },
    { reason: 'a form cut off', body: file.subarray(0, -10), type: FORM_TYPE, status: 400 },
    { reason: 'another boundary', body: file, type: `${FORM_TYPE}x`, status: 400 },
    { reason: 'no boundary', body: file, type: 'multipart/form-data', status: 400 },
    { reason: 'no form', body: '{}', type: 'application/json', status: 415 },
    {
      reason: 'more than the bound',
      body: form({ filename: 'a', content: Buffer.alloc(LIMITS.sampleUploadBytesMax) }),
      type: FORM_TYPE,
      status: 413,
    },
  ])('$status for $reason', async ({ body, type, status }) => {
    const before = (await world.jira('/issue/SCRUM-1?fields=attachment')).json;
    const reply = await attach(body, { 'Content-Type': type, 'X-Atlassian-Token': 'no-check' });
    expect(reply.status).toBe(status);
    expect(reply.json.errorMessages).toHaveLength(1);
    expect((await world.jira('/issue/SCRUM-1?fields=attachment')).json).toEqual(before);
  });
});

it('shows attachments to nobody who is not logged in, and takes none [PRD-4, PRD-6]', async () => {
  const [{ id }] = (await attach(form({ filename: 'a', content: '1' }))).json;
  expect((await attach(form({ filename: 'a', content: '1' }), UPLOAD_HEADERS, null)).status).toBe(404);
  for (const path of [`/attachment/${id}`, `/attachment/content/${id}`]) expect((await world.jira(path, { as: null })).status).toBe(404);
  expect((await world.jira(`/attachment/${id}`, { method: 'DELETE', as: null })).status).toBe(404);
  expect((await world.jira(`/attachment/${id}`)).status).toBe(200);
});

it('deletes an attachment, alone and with its issue [PRD-4]', async () => {
  const other = await startWorld();
  const upload = () =>
    other.jira('/issue/SCRUM-2/attachments', { method: 'POST', body: form({ filename: 'a', content: '1' }), headers: UPLOAD_HEADERS });
  const [first] = (await upload()).json;
  expect((await other.jira(`/attachment/${first.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await other.jira(`/attachment/content/${first.id}`)).status).toBe(404);
  const [second] = (await upload()).json;
  await other.jira('/issue/SCRUM-2', { method: 'DELETE' });
  expect((await other.jira(`/attachment/content/${second.id}`)).status).toBe(404);
});

it('tells what an upload may weigh [PRD-4]', async () => {
  expect((await world.jira('/attachment/meta')).json).toEqual({ enabled: true, uploadLimit: LIMITS.sampleUploadBytesMax });
});

it('says 507 when its memory is full, and takes files again when some are gone [PRD-4, GW-52]', async () => {
  const other = await startWorld();
  const body = form({ filename: 'big', content: Buffer.alloc(LIMITS.sampleUploadBytesMax - 1_000) });
  const upload = () => other.jira(ATTACHMENTS, { method: 'POST', body, headers: UPLOAD_HEADERS });
  const fitting = Math.floor(LIMITS.sampleStoreBytesMax / LIMITS.sampleUploadBytesMax);
  let last: Reply | undefined;
  for (let count = 0; count < fitting; count += 1) {
    last = await upload();
    expect(last.status).toBe(200);
  }
  expect((await upload()).status).toBe(507);
  expect((await upload()).status).toBe(507);
  expect((await other.jira(`/attachment/${last?.json[0].id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await upload()).status).toBe(200);
});

it('refuses a file that holds the boundary rather than cut it short [PRD-4]', async () => {
  for (const content of [`inside: --${BOUNDARY}x`, `\r\n  ${BOUNDARY}`]) {
    expect((await attach(form({ filename: 'a', content }))).status).toBe(400);
  }
});
