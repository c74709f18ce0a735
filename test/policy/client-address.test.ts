// The walk through trusted proxies [GW-22].
import fc from 'fast-check';
import { clientAddress, parseAddressList, plainAddress, trustedChain } from '../../src/policy/index.js';

const trustedProxies = parseAddressList('10.0.0.0/8, 2001:db8:ffff::/48');

describe('who sent a request', () => {
  const cases: readonly [peer: string, forwardedFor: readonly string[], chain: readonly string[], reason: string][] = [
    ['192.0.2.7', [], ['192.0.2.7'], 'nobody trusted: the peer'],
    ['192.0.2.7', ['203.0.113.5'], ['192.0.2.7'], 'an untrusted peer’s header is not read'],
    ['192.0.2.7', ['nonsense'], ['192.0.2.7'], 'not even to be refused'],
    ['10.0.0.1', [], ['10.0.0.1'], 'a trusted peer without a header'],
    ['10.0.0.1', ['203.0.113.5'], ['203.0.113.5', '10.0.0.1'], 'one proxy'],
    ['10.0.0.1', ['203.0.113.5, 10.0.0.2'], ['203.0.113.5', '10.0.0.2', '10.0.0.1'], 'two proxies'],
    [
      '10.0.0.1',
      ['6.6.6.6, 203.0.113.5, 10.0.0.2'],
      ['203.0.113.5', '10.0.0.2', '10.0.0.1'],
      'what the client wrote itself is not believed',
    ],
    ['10.0.0.1', ['nonsense,, 203.0.113.5'], ['203.0.113.5', '10.0.0.1'], 'nor read'],
    ['10.0.0.1', ['6.6.6.6', '203.0.113.5', '10.0.0.2'], ['203.0.113.5', '10.0.0.2', '10.0.0.1'], 'several lines are one list'],
    ['10.0.0.1', ['10.0.0.3, 10.0.0.2'], ['10.0.0.3', '10.0.0.2', '10.0.0.1'], 'all trusted: the leftmost'],
    ['10.0.0.1', [' 203.0.113.5\t,\t10.0.0.2 '], ['203.0.113.5', '10.0.0.2', '10.0.0.1'], 'blanks and tabs around'],
    ['::ffff:10.0.0.1', ['::ffff:203.0.113.5'], ['203.0.113.5', '10.0.0.1'], 'IPv4-mapped is IPv4, on both sides'],
    ['2001:DB8:FFFF::1', ['2001:DB8::5'], ['2001:db8::5', '2001:db8:ffff::1'], 'IPv6'],
    ['10.0.0.1', ['203.0.113.5, unknown'], [], 'an entry that is no address'],
    ['10.0.0.1', ['203.0.113.5:4711'], [], 'a port'],
    ['10.0.0.1', ['[2001:db8::5]'], [], 'brackets'],
    ['10.0.0.1', ['203.0.113.5, '], [], 'an empty entry'],
    ['10.0.0.1', [''], [], 'an empty header'],
    ['10.0.0.1', ['203.0.113.5, 10.0.0.2, nonsense'], [], 'the last hop is the first that must be read'],
    ['10.0.0.1', ['nonsense, 10.0.0.2'], [], 'behind a trusted one too'],
    ['10.0.0.1', ['010.0.0.2'], [], 'octal to some'],
    ['10.0.0.1', ['fe80::1%eth0'], [], 'a zone'],
    ['10.0.0.1', ['203.0.113.5\u00a0'], [], 'another blank'],
    ['', ['203.0.113.5'], [], 'a peer that is gone'],
    ['fe80::1%eth0', [], [], 'a peer with a zone'],
  ];
  it.each(cases)('peer %s, header %j: %j, %s', (peer, forwardedFor, chain) => {
    const origin = { peer, forwardedFor, trustedProxies };
    expect(trustedChain(origin)).toEqual(chain);
    expect(clientAddress(origin)).toBe(chain[0] ?? null);
    expect(origin.forwardedFor).toEqual(forwardedFor);
  });

  it('believes nobody by default', () => {
    expect(clientAddress({ peer: '10.0.0.1', forwardedFor: ['203.0.113.5'], trustedProxies: null })).toBe('10.0.0.1');
  });

  it('never depends on what stands left of the first address that is not trusted', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (forged, honest) => {
        fc.pre(trustedProxies?.includes(honest) === false);
        expect(clientAddress({ peer: '10.0.0.1', forwardedFor: [`${forged}, ${honest}`], trustedProxies })).toBe(honest);
        expect(clientAddress({ peer: '10.0.0.1', forwardedFor: [forged, honest], trustedProxies })).toBe(honest);
      }),
    );
  });

  it('is a plain address or nothing, whatever a trusted proxy sends', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), { maxLength: 4 }), (forwardedFor) => {
        const address = clientAddress({ peer: '10.0.0.1', forwardedFor, trustedProxies });
        if (address !== null) expect(plainAddress(address)).toBe(address);
      }),
    );
  });

  it('reads a header of blanks without choking', () => {
    expect(clientAddress({ peer: '10.0.0.1', forwardedFor: [`1${' '.repeat(500_000)}1`], trustedProxies })).toBeNull();
  });
});
