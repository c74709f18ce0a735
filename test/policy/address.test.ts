// Addresses and ranges, read strictly [GW-22, EXT-40].
import fc from 'fast-check';
import { LIMITS } from '../../src/core/index.js';
import { AddressError, parseAddressList, plainAddress, tooWide } from '../../src/policy/index.js';

function refusalOf(text: string): AddressError {
  try {
    parseAddressList(text);
  } catch (error) {
    if (error instanceof AddressError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('one plain address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', 'IPv4'],
    ['0.0.0.0', '0.0.0.0', 'its first'],
    ['255.255.255.255', '255.255.255.255', 'its last'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', 'IPv6 in its short form and lower case'],
    ['::1', '::1', 'loopback'],
    ['::', '::', 'nothing but zeros'],
    ['::ffff:192.0.2.7', '192.0.2.7', 'IPv4-mapped'],
    ['::FFFF:c000:0207', '192.0.2.7', 'mapped in hex'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7', 'mapped at length'],
    ['0:0:0:0:0:0:192.0.2.7', '::c000:207', 'IPv4-compatible is not mapped'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221', 'nor is a translated one'],
  ])('%s is %s: %s', (text, address) => {
    expect(plainAddress(text)).toBe(address);
  });

  it.each([
    ['', 'empty'],
    [' 192.0.2.7', 'a blank'],
    ['192.0.2.7\n', 'a line end'],
    ['010.0.0.1', 'octal to some'],
    ['0x7f.0.0.1', 'hex'],
    ['10.1', 'short'],
    ['2130706433', 'a number'],
    ['192.0.2.256', 'too large'],
    ['192.0.2.7:8080', 'a port'],
    ['[::1]', 'brackets'],
    ['[::1]:8080', 'and a port'],
    ['fe80::1%eth0', 'a zone'],
    ['::ffff:10.0.0.1%x', 'a zone on a mapped one'],
    ['::192.0.2.7', 'IPv4-compatible, which ipaddr.js takes for mapped'],
    ['192.0.2.0/24', 'a range'],
    ['unknown', 'a word'],
    ['_hidden', 'an obfuscated identifier'],
    ['"192.0.2.7"', 'quoted'],
    ['localhost', 'a name'],
  ])('%j is none: %s', (text) => {
    expect(plainAddress(text)).toBeNull();
  });
});

describe('a list', () => {
  it.each([undefined, null, ''])('is no restriction when it is %j', (text) => {
    expect(parseAddressList(text)).toBeNull();
  });

  const cases: readonly [list: string, inside: readonly string[], outside: readonly string[]][] = [
    ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7'], ['192.0.2.8', '::c000:207']],
    ['192.0.2.0/24', ['192.0.2.0', '192.0.2.255'], ['192.0.1.255', '192.0.3.0']],
    ['192.0.2.128/25', ['192.0.2.128', '192.0.2.255'], ['192.0.2.127']],
    ['192.0.2.7/32', ['192.0.2.7'], ['192.0.2.6']],
    ['10.0.0.0/8, 192.0.2.7  2001:db8::/32,', ['10.9.9.9', '192.0.2.7', '2001:db8:ffff::1'], ['11.0.0.0', '2001:db9::']],
    ['10.0.0.0/8\n192.0.2.7', ['10.0.0.1', '192.0.2.7'], ['192.0.2.6']],
    ['2001:DB8::1', ['2001:db8:0::1'], ['2001:db8::2', '192.0.2.7']],
    ['2001:db8::/33', ['2001:db8:7fff::'], ['2001:db8:8000::']],
    ['::ffff:192.0.2.0/120', ['192.0.2.9'], ['192.0.3.0', '::1']],
    ['0.0.0.0/0', ['192.0.2.7', '0.0.0.0'], ['::1', '2001:db8::']],
    ['::/0', ['::1', '2001:db8::'], ['192.0.2.7', '::ffff:192.0.2.7']],
  ];
  it.each(cases)('%j holds %j and not %j', (list, inside, outside) => {
    const addresses = parseAddressList(list);
    expect(addresses?.text).toBe(list);
    for (const address of inside) expect([address, addresses?.includes(address)]).toEqual([address, true]);
    for (const address of outside) expect([address, addresses?.includes(address)]).toEqual([address, false]);
  });

  it('holds nothing that is no plain address', () => {
    const everything = parseAddressList('0.0.0.0/0 ::/0');
    for (const text of ['', 'x', '010.0.0.1', 'fe80::1%eth0', '10.1', '192.0.2.7 ']) expect(everything?.includes(text)).toBe(false);
  });

  const refused: readonly [list: string, entry: string, says: string][] = [
    ['192.0.2.7, 10.0.0.1/8', '10.0.0.1/8', 'bits set'],
    ['2001:db8::1/32', '2001:db8::1/32', 'bits set'],
    ['::ffff:0:0/95', '::ffff:0:0/95', 'prefix length'],
    ['010.0.0.1', '010.0.0.1', 'not an address'],
    ['10.1/16', '10.1/16', 'not an address'],
    ['10.0.0.0/33', '10.0.0.0/33', 'from 0 to 32'],
    ['::/129', '::/129', 'from 0 to 128'],
    ['10.0.0.0/08', '10.0.0.0/08', 'prefix length'],
    ['10.0.0.0/', '10.0.0.0/', 'prefix length'],
    ['10.0.0.0/-1', '10.0.0.0/-1', 'prefix length'],
    ['10.0.0.0/8/8', '10.0.0.0/8/8', 'not an address'],
    ['10.0.0.0/255.0.0.0', '10.0.0.0/255.0.0.0', 'prefix length'],
    ['/8', '/8', 'not an address'],
    ['fe80::1%eth0', 'fe80::1%eth0', 'not an address'],
    ['fe80::%eth0/64', 'fe80::%eth0/64', 'not an address'],
    ['10.0.0.1-10.0.0.9', '10.0.0.1-10.0.0.9', 'not an address'],
    ['10.0.0.*', '10.0.0.*', 'not an address'],
    ['localhost', 'localhost', 'not an address'],
    [' , ', ' , ', 'holds no address'],
    [' ', ' ', 'holds no address'],
  ];
  it.each(refused)('%j is refused for %j: %s', (list, entry, says) => {
    const refusal = refusalOf(list);
    expect(refusal.entry).toBe(entry);
    expect(refusal.message).toContain(says);
  });

  it('takes as many entries as the bound and refuses one more [GW-52]', () => {
    const entries = Array.from({ length: LIMITS.addressesPerTokenMax + 1 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    expect(parseAddressList(entries.slice(1).join(' '))?.includes('10.0.0.200')).toBe(true);
    expect(refusalOf(entries.join(' ')).entry).toBe('10.0.0.200');
  });

  it('includes exactly the addresses that share the prefix', () => {
    const bytes = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
    const bitsOf = (address: readonly number[]): string => address.map((byte) => byte.toString(2).padStart(8, '0')).join('');
    fc.assert(
      fc.property(bytes, bytes, fc.nat(32), fc.nat(32), (one, other, prefix, shared) => {
        const mixed = Number.parseInt(bitsOf(one).slice(0, shared) + bitsOf(other).slice(shared), 2);
        const network = Number.parseInt(bitsOf(one).slice(0, prefix).padEnd(32, '0'), 2);
        const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
        const isInside = mixed.toString(2).padStart(32, '0').startsWith(bitsOf(one).slice(0, prefix));
        expect(parseAddressList(`${dotted(network)}/${prefix}`)?.includes(dotted(mixed))).toBe(isInside);
      }),
    );
  });
});

it('tells the entries that hold everything [GW-22]', () => {
  expect(tooWide('10.0.0.0/8, 0.0.0.0/0 2001:db8::/32,::/0')).toEqual(['0.0.0.0/0', '::/0']);
  expect(tooWide('10.0.0.0/10')).toEqual([]);
});
