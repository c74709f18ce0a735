// A change of protocol: WebSocket goes through the whole line and ends with 501, anything else is an ordinary request. Never does what
// follows on the connection reach the product unjudged.
import { type Gate, request } from '../support/gate.js';
import { converse } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const gates = gatesOfThisFile();
const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'];
let count = 0;

const freshPath = (): string => `/jira/rest/upgrade/${(count += 1)}`;

let gate: Gate;
let login: string;
beforeAll(async () => {
  gate = await gates.at('gateway');
  login = await gates.login(gate);
});

const recordsOf = async (path: string) =>
  (await gate.records())
    .filter((record) => record.path === path)
    .map(({ decision, outcome, status, code }) => ({ decision, outcome, status, code }));

it('a WebSocket handshake is judged, recorded and answered with 501; nothing reaches the product [GW-45]', async () => {
  const path = freshPath();
  const { answer, received } = await gate.send(request('GET', path, [login, ...HANDSHAKE]));
  expect([answer.status, received]).toEqual([501, []]);
  expect(JSON.parse(answer.body)).toEqual({ message: 'WebSockets are not supported.', 'status-code': 501 });
  expect(await recordsOf(path)).toEqual([{ decision: 'permit', outcome: 'failed', status: 501, code: 'request.websocket' }]);
});

it.each([
  ['Upgrade: WebSocket', 'names have no case'],
  ['Upgrade: h2c, websocket', 'one of several'],
  ['Upgrade: websocket/13', 'with a version'],
  ['Upgrade:  websocket', 'a blank more'],
])('`%s` is one too: %s [GW-45]', async (field) => {
  const { answer, received } = await gate.send(request('GET', freshPath(), [login, 'Connection: Upgrade', field]));
  expect([answer.status, received]).toEqual([501, []]);
});

it.each([
  ['a wrong token', 'Authorization: Basic eDp5eQ==', 401, 'authn.refused'],
  ['a token with other limits', 'limited', 403, 'policy.limits'],
] as const)('with %s the answer is the line’s own: no upgrade goes round it [GW-45, GW-20]', async (_what, credential, status, code) => {
  const path = freshPath();
  const field = credential === 'limited' ? await gates.login(gate, { limitTo: '[post].*' }) : credential;
  const { answer, received } = await gate.send(request('GET', path, [field, ...HANDSHAKE]));
  expect([answer.status, received]).toEqual([status, []]);
  expect(await recordsOf(path)).toEqual([{ decision: 'deny', outcome: 'refused', status, code }]);
});

it.each([
  ['/jira/rest/../plugins/servlet', 400],
  ['/jira/plugins/servlet', 404],
  ['/jira/rest/x?os_username=admin', 400],
])('to %s it is %i like any other request [GW-45, GW-2, GW-7]', async (path, status) => {
  const { answer, received } = await gate.send(request('GET', path, [login, ...HANDSHAKE]));
  expect([answer.status, received]).toEqual([status, []]);
});

it.each([
  ['another request', request('GET', '/jira/rest/behind', ['Authorization: Basic eDp5eQ=='])],
  ['half a request', 'GET /jira/rest/behind HTT'],
  ['frames', Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9])],
])('nothing behind a handshake is read: %s; the connection ends with the answer [GW-45, GW-6]', async (_what, behind) => {
  for (const isAtOnce of [true, false]) {
    const client = await converse(gate.postern.port);
    const handshake = Buffer.from(request('GET', freshPath(), [login, ...HANDSHAKE]));
    const pieces = isAtOnce ? [Buffer.concat([handshake, Buffer.from(behind as string)])] : [handshake, behind];
    for (const piece of pieces) void client.write(piece);
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 501']);
    expect(text).toContain('\r\nConnection: close\r\n');
  }
  expect(gate.upstream.requests.some((one) => one.target === '/jira/rest/behind')).toBe(false);
});

it.each([
  [['Connection: Upgrade', 'Upgrade: h2c'], 'HTTP/2 in clear text'],
  [['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'], 'with its settings'],
  [['Connection: Upgrade', 'Upgrade: TLS/1.2'], 'RFC 2817'],
  [['Connection: Upgrade', 'Upgrade: websockets'], 'a name that begins alike'],
  [['Upgrade: h2c'], 'that Connection does not name'],
])('%j is ignored: an ordinary request, and the fields do not travel: %s [GW-45, GW-5]', async (fields) => {
  for (const [method, body] of [
    ['GET', ''],
    ['POST', 'body'],
  ] as const) {
    const path = freshPath();
    const client = await converse(gate.postern.port);
    await client.write(request(method, path, [login, ...fields], body) + request('GET', '/jira/rest/behind', [login]));
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(text).toContain('\r\nConnection: close\r\n');
    const received = gate.upstream.requests.filter((one) => one.target === path);
    expect(received.map((one) => [one.method, one.bytes])).toEqual([[method, body.length]]);
    for (const name of ['Upgrade', 'HTTP2-Settings']) expect(gate.upstream.header(received[0], name)).toEqual([]);
    expect(gate.upstream.header(received[0], 'Connection')).toEqual(['keep-alive']);
  }
  expect(gate.upstream.requests.some((one) => one.target === '/jira/rest/behind')).toBe(false);
});
