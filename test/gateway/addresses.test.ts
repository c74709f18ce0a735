// Where a request comes from, and what a token's addresses make of it: the socket's peer, or what trusted proxies vouch for.
import { networkInterfaces } from 'node:os';
import { type Gate, request } from '../support/gate.js';
import { converse, finalAnswer, type Line } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

/** Two floors of proxies: the peer, and a range behind it. */
const BEHIND_PROXIES = { POSTERN_TRUSTED_PROXIES: '127.0.0.1 10.0.0.0/8,::1' };
const gates = gatesOfThisFile(['emulator', {}], ['emulator', BEHIND_PROXIES]);
const TARGET = '/jira/rest/api/2/myself';
/** What a token of this suite is limited to, where it is. */
const CLIENTS = '203.0.113.9, 2001:db8::/32';

async function status(gate: Gate, fields: readonly string[], line: Line = {}): Promise<number> {
  const conversation = await converse(gate.postern.port, line);
  await conversation.write(request('GET', TARGET, ['Connection: close', ...fields]));
  const { head } = finalAnswer(await conversation.untilClosed());
  return Number(head.split(' ')[1]);
}

/** A token with these addresses; null: with none. */
const login = (gate: Gate, ip: string | null): Promise<string> => gates.login(gate, ip === null ? {} : { ip });

let plain: Gate;
let gate: Gate;
beforeAll(async () => {
  plain = await gates.at('emulator');
  gate = await gates.at('emulator', BEHIND_PROXIES);
});

describe('without trusted proxies', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', 200, 'the address itself'],
    ['127.0.0.2', '127.0.0.1', 403, 'another'],
    ['127.0.0.2', '127.0.0.0/30', 200, 'within a range'],
    ['127.0.0.4', '127.0.0.0/30', 403, 'the first behind it'],
    ['127.0.0.3', '192.0.2.1 127.0.0.3', 200, 'the second of a list'],
    ['127.0.0.1', '::ffff:127.0.0.1', 200, 'IPv4 written as IPv6'],
    ['127.0.0.1', '::ffff:127.0.0.0/104', 200, 'a range of IPv4 written as IPv6'],
    ['127.0.0.1', '::/0', 403, 'all of IPv6 is none of IPv4'],
    ['127.0.0.1', '::1', 403, 'the other loopback is another address'],
    ['127.0.0.1', '0.0.0.0/0', 200, 'all of IPv4'],
  ])('a request from %s with a token for %s is answered with %i: %s [GW-22, EXT-40]', async (from, ip, expected) => {
    expect(await status(plain, [await login(plain, ip)], { from })).toBe(expected);
  });

  it.each([
    ['127.0.0.1', 'X-Forwarded-For: 203.0.113.9', CLIENTS, 403, 'nobody’s word is taken'],
    ['127.0.0.1', 'X-Forwarded-For: 203.0.113.9', '127.0.0.1', 200, 'the peer counts'],
    ['127.0.0.1', 'X-Forwarded-For: garbage', '127.0.0.1', 200, 'nobody reads it'],
    ['127.0.0.1', 'X-Forwarded-For:', '127.0.0.1', 200, 'nobody reads it'],
    ['127.0.0.1', 'Forwarded: for=203.0.113.9', CLIENTS, 403, 'never read'],
    ['127.0.0.1', 'X-Real-IP: 203.0.113.9', CLIENTS, 403, 'never read'],
  ])('from %s with `%s` a token for %s gets %i: %s [GW-22]', async (from, field, ip, expected) => {
    expect(await status(plain, [await login(plain, ip), field], { from })).toBe(expected);
  });
});

describe('behind trusted proxies', () => {
  it.each([
    [['203.0.113.9'], 'the client of the nearest proxy'],
    [['6.6.6.6, 203.0.113.9'], 'what stands left of it is anybody’s word'],
    [['127.0.0.1, 203.0.113.9'], 'also where it claims to be a proxy'],
    [['garbage, 203.0.113.9'], 'also where nobody can read it'],
    [[', 203.0.113.9'], 'also where it is empty'],
    [['203.0.113.9, 10.1.2.3'], 'through a second trusted proxy'],
    [['203.0.113.9,10.1.2.3,10.255.0.1 , 127.0.0.1'], 'through several, with and without blanks'],
    [['6.6.6.6, 203.0.113.9, 10.1.2.3'], 'the rightmost that is not trusted'],
    [['203.0.113.9', '10.1.2.3'], 'several lines are one list, in their order'],
    [['10.1.2.3', '203.0.113.9'], 'and the last line is the nearest'],
    [['\t203.0.113.9\t'], 'tabs are blanks'],
    [['::ffff:203.0.113.9'], 'IPv4 as IPv6'],
    [['::FFFF:cb00:7109'], 'IPv4 as IPv6 in hex'],
    [['203.0.113.9, ::ffff:10.1.2.3'], 'a trusted proxy as IPv6'],
    [['2001:db8::1'], 'IPv6'],
    [['2001:0DB8:0:0::0001'], 'IPv6, written at length'],
  ])('X-Forwarded-For %j comes from an address of the token: %s [GW-22]', async (values) => {
    expect(await status(gate, [await login(gate, CLIENTS), ...values.map((value) => `X-Forwarded-For: ${value}`)])).toBe(200);
  });

  it.each([
    [['203.0.113.9, 6.6.6.6'], 'the rightmost that is not trusted is another'],
    [['203.0.113.9', '6.6.6.6'], 'the same in two lines'],
    [['10.1.2.3'], 'all trusted: the leftmost is the client'],
    [[], 'none: the proxy is the client'],
    [['2001:db9::1'], 'IPv6 outside the range'],
  ])('X-Forwarded-For %j comes from elsewhere: %s [GW-22]', async (values) => {
    expect(await status(gate, [await login(gate, CLIENTS), ...values.map((value) => `X-Forwarded-For: ${value}`)])).toBe(403);
  });

  it.each<[string | null, string, string]>([
    ['10.1.2.3', '10.1.2.3', 'all trusted: the leftmost'],
    ['10.9.9.9, 10.1.2.3', '10.9.9.9', 'all trusted: the leftmost'],
    [null, '127.0.0.1', 'no header at all: the peer'],
  ])('X-Forwarded-For %s is the client %s: %s [GW-22]', async (value, ip) => {
    expect(await status(gate, [await login(gate, ip), ...(value === null ? [] : [`X-Forwarded-For: ${value}`])])).toBe(200);
  });

  it.each([
    ['unknown', 'RFC 7239 §6.3, and nobody’s address'],
    ['_hidden', 'an obfuscated name'],
    ['localhost', 'a name'],
    ['203.0.113.9:8080', 'a port'],
    ['[2001:db8::1]', 'brackets'],
    ['[2001:db8::1]:443', 'brackets and a port'],
    ['0313.0.113.9', 'octal: CVE-2021-28918'],
    ['203.0.113.011', 'octal in the last part'],
    ['0xcb.0.113.9', 'hex: CVE-2024-29415'],
    ['0xcb007109', 'one hex number'],
    ['3405803785', 'one decimal number'],
    ['203.0.28937', 'a short form'],
    ['203.0.113', 'three parts'],
    ['203.0.113.9.', 'a dot at the end'],
    ['203.0.113.256', 'past 255'],
    ['fe80::1%eth0', 'a zone'],
    ['::ffff:203.0.113.9%x', 'a zone behind IPv4'],
    ['203.0.113.9/32', 'a range'],
    ['"203.0.113.9"', 'quotation marks'],
    ['for=203.0.113.9', 'the syntax of Forwarded'],
    ['203.0.113.9 10.1.2.3', 'a blank between two'],
    ['203.0.113.9;10.1.2.3', 'a semicolon between two'],
    ['203.0.113.9,', 'an empty entry at the end'],
    ['203.0.113.9, , 10.1.2.3', 'an empty entry within'],
    ['203.0.113.9, garbage, 10.1.2.3', 'garbage where a trusted proxy reports it'],
    ['', 'an empty header'],
    ['203.0.113.9\u00a0', 'a blank that is none in HTTP'],
  ])('X-Forwarded-For `%s` denies whatever the token: %s [GW-22]', async (value) => {
    const before = gate.upstream.requests.length;
    for (const ip of [CLIENTS, null]) {
      expect(await status(gate, [await login(gate, ip), `X-Forwarded-For: ${value}`])).toBe(403);
    }
    expect(await status(gate, [`X-Forwarded-For: ${value}`])).toBe(403);
    expect(gate.upstream.requests).toHaveLength(before);
  });

  it('denies a password and Postern’s own resources as well where the client cannot be told [GW-22]', async () => {
    const fields = [`Authorization: ${gate.password}`, 'X-Forwarded-For: unknown'];
    const { answer } = await gate.send(request('GET', '/jira/rest/extender/1.0/tokenTools/get', fields));
    expect(answer.status).toBe(403);
  });

  it('takes no word of a peer that is not trusted [GW-22]', async () => {
    const fields = [await login(gate, CLIENTS), 'X-Forwarded-For: 203.0.113.9'];
    expect(await status(gate, fields)).toBe(200);
    expect(await status(gate, fields, { from: '127.0.0.2' })).toBe(403);
    expect(await status(gate, [await login(gate, '127.0.0.2'), 'X-Forwarded-For: garbage'], { from: '127.0.0.2' })).toBe(200);
  });

  it('records the client and the peer, and why it was refused; the client is told the same of each [GW-22, GW-23, AUD-10]', async () => {
    const path = '/jira/rest/api/2/recorded-addresses';
    const bodies: string[] = [];
    for (const value of ['6.6.6.6', 'garbage', '203.0.113.9']) {
      const fields = [await login(gate, CLIENTS), `X-Forwarded-For: ${value}`];
      bodies.push((await gate.send(request('GET', path, fields))).answer.body);
    }
    expect(bodies[0]).toBe(bodies[1]);
    const records = (await gate.records()).filter((record) => record.path === path);
    expect(
      records.map(({ clientAddress, peer, decision, code, status: recorded }) => ({ clientAddress, peer, decision, code, recorded })),
    ).toEqual([
      { clientAddress: '6.6.6.6', peer: '127.0.0.1', decision: 'deny', code: 'policy.address', recorded: 403 },
      { clientAddress: null, peer: '127.0.0.1', decision: 'deny', code: 'policy.address-unknown', recorded: 403 },
      { clientAddress: '203.0.113.9', peer: '127.0.0.1', decision: 'permit', code: null, recorded: 200 },
    ]);
  });
});

it.each([
  ['010.0.0.1', 'octal'],
  ['0x7f.0.0.1', 'hex'],
  ['127.1', 'a short form'],
  ['2130706433', 'one number'],
  ['127.0.0.1:80', 'a port'],
  ['[::1]', 'brackets'],
  ['fe80::1%eth0', 'a zone'],
  ['localhost', 'a name'],
  ['127.0.0.1/8', 'host bits that are set'],
  ['127.0.0.0/33', 'a prefix past the end'],
  ['127.0.0.0/08', 'a prefix in octal'],
  ['127.0.0.0/', 'no prefix'],
  ['127.0.0.0/8/8', 'two prefixes'],
  ['127.0.0.*', 'a pattern'],
  ['127.0.0.1-127.0.0.9', 'a range by its ends'],
  ['2001:db8::1/32', 'host bits in IPv6'],
  ['127.0.0.1, nonsense', 'one good, one bad'],
  [' ', 'blanks alone: whoever wrote them meant something'],
  [',', 'a comma alone'],
])('a token for `%s` (%s) is refused with 400 and not made [GW-22, EXT-40]', async (ip) => {
  const before = (await gate.tokenTools('get')).json['total'];
  expect((await gate.tokenTools('set', { label: 'addresses', userName: 'admin', ip })).status).toBe(400);
  expect((await gate.tokenTools('get')).json['total']).toBe(before);
});

it('shows the addresses of a token as they were given [EXT-40]', async () => {
  const ip = '127.0.0.1  ,2001:DB8::/32 10.0.0.0/8';
  const { id } = await gate.token({ ip });
  const listed = (await gate.tokenTools('get')).json['tokens'] as readonly { id: string; ip: string }[];
  expect(listed.find((token) => token.id === id)?.ip).toBe(ip);
});

// Some machines have no IPv6 at all: then there is no such peer either.
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
(hasIpv6 ? describe : describe.skip)('on an IPv6 listener', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', 200, 'a peer that arrives as ::ffff:127.0.0.1 is IPv4'],
    ['127.0.0.1', '127.0.0.2', 403, 'and no other'],
    ['::1', '::1', 200, 'IPv6'],
    ['::1', '127.0.0.1', 403, 'the other loopback is another address'],
  ])('a request to %s with a token for %s is answered with %i: %s [GW-22]', async (to, ip, expected) => {
    const dual = await gates.at('gateway', { ...BEHIND_PROXIES, POSTERN_HOST: '::' });
    expect(await status(dual, [await login(dual, ip)], { to })).toBe(expected);
  });

  it('believes a trusted proxy whichever way its address is written [GW-22]', async () => {
    const dual = await gates.at('gateway', { ...BEHIND_PROXIES, POSTERN_HOST: '::' });
    for (const to of ['127.0.0.1', '::1']) {
      expect(await status(dual, [await login(dual, CLIENTS), 'X-Forwarded-For: 203.0.113.9'], { to })).toBe(200);
    }
  });
});
