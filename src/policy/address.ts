// Addresses and ranges in text, read strictly: net.isIP and no zone before ipaddr.js sees it, since ipaddr.js alone reads `010.0.0.1` as
// octal and takes `10.1` for an address (its issue 213, CVE-2021-28918 and others) [GW-22].
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type AddressSet, LIMITS } from '../core/index.js';
import { recentlyUsed } from '../core/recently-used.js';

/** What was read before: each request of a connection has the same peer. A text that is an address is at most 45 characters long. */
const plain = recentlyUsed<string, string>(LIMITS.plainAddressesMax);

type Address = InstanceType<typeof ipaddr.IPv4> | InstanceType<typeof ipaddr.IPv6>;

/** A list of addresses that cannot be taken; names the entry. */
export class AddressError extends Error {
  readonly entry: string;

  constructor(entry: string, reason: string) {
    super(`"${entry}" ${reason}`);
    this.name = 'AddressError';
    this.entry = entry;
  }
}

/**
 * Reads addresses and CIDR ranges, IPv4 and IPv6, separated by commas or blanks. null: left out or empty, from anywhere. Throws
 * AddressError for an entry that is neither, for host bits that are set, for too many entries, and for separators without an entry:
 * whoever wrote those meant to restrict something.
 */
export function parseAddressList(text: string | null | undefined): AddressSet | null {
  if (text === undefined || text === null || text === '') return null;
  const entries = entriesOf(text);
  if (entries.length === 0) throw new AddressError(text.slice(0, 50), 'holds no address; leave it out to restrict nothing');
  if (entries.length > LIMITS.addressesPerTokenMax) {
    throw new AddressError(
      entries[LIMITS.addressesPerTokenMax] ?? '',
      `is one too many: ${LIMITS.addressesPerTokenMax} entries are allowed`,
    );
  }
  const ranges = entries.map(readRange);
  return {
    text,
    includes(candidate) {
      const address = readAddress(candidate);
      return address !== null && ranges.some(([network, length]) => network.kind() === address.kind() && address.match(network, length));
    },
  };
}

/** One plain address as everything here writes it: no zone, IPv4-mapped IPv6 as IPv4, IPv6 in lower case after RFC 5952. null for anything else. */
export function plainAddress(text: string): string | null {
  const known = plain.get(text);
  if (known !== undefined) return known;
  const address = readAddress(text)?.toString() ?? null;
  if (address !== null) plain.set(text, address);
  return address;
}

/** The entries of a list that hold every address of their kind: allowed, and hardly ever meant [GW-22]. */
export function tooWide(text: string): readonly string[] {
  return entriesOf(text).filter((entry) => /\/0+$/.test(entry));
}

function entriesOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function readAddress(text: string): Address | null {
  const version = isIP(text);
  if (version === 4) return ipaddr.IPv4.parse(text);
  if (version === 0 || text.includes('%')) return null;
  // IPv4-compatible, `::192.0.2.1`: deprecated (RFC 4291 §2.5.5.1), and ipaddr.js takes it for IPv4-mapped in this one spelling.
  if (text.startsWith('::') && isIP(text.slice(2)) === 4) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function readRange(entry: string): readonly [Address, number] {
  const [address = '', length, ...more] = entry.split('/');
  const network = readAddress(address.slice(0, 50));
  if (network === null || more.length > 0)
    throw new AddressError(entry.slice(0, 50), 'is not an address or a range: write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32');
  const bits = network.kind() === 'ipv4' ? 32 : 128;
  if (length === undefined) return [network, bits];
  // A mapped range counts its bits in IPv6; the first 96 say that it is IPv4.
  const isMapped = bits === 32 && address.includes(':');
  const prefix = /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) - (isMapped ? 96 : 0) : -1;
  if (prefix < 0 || prefix > bits) throw new AddressError(entry, `has no prefix length: a whole number from 0 to ${bits}`);
  if (hasHostBits(network.toByteArray(), prefix))
    throw new AddressError(entry, `has bits set after the first ${prefix}: a range is written with its first address`);
  return [network, prefix];
}

function hasHostBits(bytes: readonly number[], prefix: number): boolean {
  return bytes.some((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, prefix - index * 8)))) !== 0);
}
