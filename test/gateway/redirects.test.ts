// Redirects: passed on, with the product's own address rewritten to what the client calls us, and never followed.
import { inboundHeaders } from '../../src/gateway/upstream-headers.js';
import { request } from '../support/gate.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const PATH = '/jira/rest/api/2/redirecting';

/** How the origins below are called in a row: {up} is the product's, {other} another port of its host. */
type Row = readonly [location: string, expected: string, why: string];

const ROWS: readonly Row[] = [
  ['{up}/jira/rest/api/2/x', '{us}/jira/rest/api/2/x', 'its own address'],
  ['{up}/jira/secure?a=b#c', '{us}/jira/secure?a=b#c', 'query and fragment stay'],
  ['{up}', '{us}', 'nothing behind it'],
  ['{up}?a=b', '{us}?a=b', 'a query at once'],
  ['{UP}/x', '{us}/x', 'scheme and host have no case'],
  ['//{authority}/x', '{us}/x', 'the scheme left out: it would lead past us'],
  ['/jira/x', '/jira/x', 'a path is relative to us anyhow'],
  ['x', 'x', 'relative'],
  ['?a=b', '?a=b', 'relative'],
  ['{up}0/x', '{up}0/x', 'another port that begins alike'],
  ['{up}.evil.test/x', '{up}.evil.test/x', 'another host that begins alike'],
  ['{up}@evil.test/x', '{up}@evil.test/x', 'a user name that looks like it'],
  ['http://evil.test/?to={up}/x', 'http://evil.test/?to={up}/x', 'within another'],
  ['https://{authority}/x', 'https://{authority}/x', 'another scheme is another server'],
  ['https://sso.example.com/login', 'https://sso.example.com/login', 'somebody else’s'],
  ['', '', 'empty'],
];

const TRUSTING = { POSTERN_TRUSTED_PROXIES: '127.0.0.1' };
const BASE = { POSTERN_BASE_URL: 'https://jira.example.com' };
const gates = gatesOfThisFile(['emulator', TRUSTING], ['emulator', BASE]);
const CLIENT = '127.0.0.2';
const PROXY = '127.0.0.1';

/** What reaches the client of a Location; `us` is what we are to be called. */
async function rewritten(
  location: string,
  us: string,
  settings: Readonly<Record<string, string>>,
  from: string,
  fields: readonly string[] = [],
) {
  const gate = await gates.at('emulator', settings);
  const authority = `127.0.0.1:${gate.upstream.port}`;
  const fill = (text: string): string =>
    text
      .replaceAll('{up}', `http://${authority}`)
      .replaceAll('{UP}', `HTTP://${authority}`)
      .replaceAll('{authority}', authority)
      .replaceAll('{us}', us);
  const raw = Buffer.from(`HTTP/1.1 302 Found\r\nLocation: ${fill(location)}\r\nContent-Length: 0\r\n\r\n`).toString('base64');
  const bytes = request('GET', PATH, [await gates.login(gate), `x-test-raw: ${raw}`, ...fields]);
  const { answer, received } = await gate.send(bytes, { from });
  expect([answer.status, received.length]).toEqual([302, 1]);
  return { location: answer.headers['location'], fill };
}

it.each(ROWS)('Location `%s` reaches the client as `%s`: %s [GW-44]', async (location, expected) => {
  const got = await rewritten(location, 'http://postern.test', TRUSTING, CLIENT);
  expect(got.location).toBe(got.fill(expected));
});

it.each<[Readonly<Record<string, string>>, string, string[], string, string]>([
  [TRUSTING, CLIENT, [], 'http://postern.test', 'what the client calls us'],
  [TRUSTING, CLIENT, ['X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.test'], 'http://postern.test', 'and nothing else it says'],
  [TRUSTING, PROXY, [], 'http://postern.test', 'a trusted proxy as well'],
  [TRUSTING, PROXY, ['X-Forwarded-Proto: https', 'X-Forwarded-Host: jira.example.com'], 'https://jira.example.com', 'what it is called'],
  [BASE, CLIENT, [], 'https://jira.example.com', 'the base URL, by setting'],
])('with %j, from %s with %j, we are %s: %s [GW-44, GW-42]', async (settings, from, fields, us) => {
  const got = await rewritten('{up}/jira/x?a=b', us, settings, from, fields);
  expect(got.location).toBe(`${us}/jira/x?a=b`);
});

describe('whatever the status', () => {
  it.each([201, 300, 301, 302, 303, 307, 308])('%i is passed on and not followed, with its body [GW-44]', async (status) => {
    const gate = await gates.at('emulator', TRUSTING);
    const raw = `HTTP/1.1 ${status} There\r\nLocation: ${gate.upstream.origin}/a\r\nContent-Location: ${gate.upstream.origin}/b\r\nContent-Length: 4\r\n\r\nbody`;
    const fields = [await gates.login(gate), `x-test-raw: ${Buffer.from(raw).toString('base64')}`];
    const { answer, received } = await gate.send(request('POST', PATH, fields, 'x'));
    expect([answer.status, answer.headers['location'], answer.headers['content-location'], answer.body]).toEqual([
      status,
      'http://postern.test/a',
      'http://postern.test/b',
      'body',
    ]);
    expect(received).toHaveLength(1);
  });

  it('the default port is the same address without it [GW-44]', async () => {
    // Nothing may listen on port 80 here, so this asks the unit.
    const site = {
      keepsCookies: false,
      keepsChallenges: false,
      upstreamOrigin: 'http://jira.internal',
      ownOrigin: 'https://jira.example.com',
      replaced: new Set<string>(),
    };
    const rewrite = (location: string): string | undefined => inboundHeaders(['Location', location], site, false)[1];
    expect(rewrite('http://jira.internal:80/x')).toBe('https://jira.example.com/x');
    expect(rewrite('http://jira.internal/x')).toBe('https://jira.example.com/x');
    expect(rewrite('http://jira.internal:8080/x')).toBe('http://jira.internal:8080/x');
    expect(rewrite('http://user@jira.internal/x')).toBe('http://user@jira.internal/x');
  });

  it('a client of HTTP/1.0 is told as well [GW-44]', async () => {
    const gate = await gates.at('emulator', TRUSTING);
    const raw = Buffer.from(`HTTP/1.1 302 Found\r\nLocation: ${gate.upstream.origin}/a\r\nContent-Length: 0\r\n\r\n`).toString('base64');
    const client = await converse(gate.postern.port);
    await client.write(`GET ${PATH} HTTP/1.0\r\nHost: postern.test\r\n${await gates.login(gate)}\r\nx-test-raw: ${raw}\r\n\r\n`);
    expect(finalAnswer(await client.untilClosed()).head).toContain('Location: http://postern.test/a');
  });
});
