// Where a request says it comes from, in every spelling that some reader takes: a token for 203.0.113.9 and 2001:db8::/32, behind a trusted
// proxy and without one [GW-22].
import { carried, head, HOST, MYSELF, refused, type Row } from './row.js';

const sent =
  (...fields: readonly string[]): Row['bytes'] =>
  ({ addressed }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, addressed, ...fields);
const asked = `GET ${MYSELF}`;

/** Entries that are not one plain address, or another one: nearest to the proxy, so that they decide. */
const UNREADABLE: readonly (readonly [entry: string, why: string])[] = [
  ['0313.0.113.9', 'octal: 203 to inet_aton, CVE-2021-28918'],
  ['203.00.0161.011', 'octal, part by part'],
  ['203.000.113.009', 'zeros in front'],
  ['0xcb.0.113.9', 'hex, one part'],
  ['0xcb.0x00.0x71.0x09', 'hex, part by part'],
  ['0xcb007109', 'hex as a whole: CVE-2024-29415'],
  ['3405803785', 'decimal as a whole'],
  ['203.0.28937', 'three parts'],
  ['203.28937', 'two parts'],
  ['203.0.113.9.', 'a dot behind'],
  ['.203.0.113.9', 'a dot in front'],
  ['203..113.9', 'an empty part'],
  ['203.0.113.9.1', 'five parts'],
  ['203.0.113.265', 'past 255: wraps to 9'],
  ['203.0.113.-9', 'a sign'],
  ['203.0.113.+9', 'a sign'],
  ['203.0.113.9:443', 'a port: Azure sends it'],
  ['203.0.113.9/32', 'a prefix'],
  ['203.0.113.9%eth0', 'a zone'],
  ['[203.0.113.9]', 'brackets'],
  ['"203.0.113.9"', 'quotes'],
  ['for=203.0.113.9', 'RFC 7239 in the wrong field'],
  ['for="203.0.113.9"', 'RFC 7239, quoted'],
  ['203.0.113.9;x', 'a parameter'],
  ['203.0.113.9 10.9.9.9', 'a blank is no comma'],
  ['2\xb20.113.9', 'a superscript digit'],
  ['\xef\xbc\x92\xef\xbc\x90\xef\xbc\x93.0.113.9', 'wide digits'],
  ['[2001:db8::1]', 'brackets'],
  ['[2001:db8::1]:443', 'brackets and a port'],
  ['2001:db8::1%eth0', 'a zone'],
  ['2001:db8::1%25eth0', 'a zone, encoded'],
  ['2001:db8::1/128', 'a prefix'],
  ['2001:db8:::1', 'three colons'],
  ['2001:db8::1::2', 'two gaps'],
  ['2001:db8:0:0:0:0:0', 'seven groups'],
  ['2001:db8:0:0:0:0:0:0:1', 'nine groups'],
  ['2001:0db80::1', 'five digits'],
  ['2001:db8::203.0.113', 'IPv4 cut off at the end'],
  ['::ffff:203.0.113.09', 'mapped, a zero in front'],
  ['::ffff:0xcb007109', 'mapped, hex as a whole'],
  ['::ffff:203.0.113.9%x', 'mapped, with a zone: net.isIP takes it'],
  ['unknown', 'RFC 7239 §6.2'],
  ['_hidden', 'RFC 7239 §6.3'],
  ['localhost', 'a name'],
  ['client.example', 'a name'],
  ['-', 'what logs show'],
  ['null', 'a text'],
  ['', 'an empty field'],
  [',', 'two empty entries'],
  ['203.0.113.9,', 'an empty entry nearest to the proxy'],
];

const BEHIND_PROXY: readonly Row[] = [
  ...UNREADABLE.map(([entry, why]) =>
    refused(`from a proxy: X-Forwarded-For: ${entry}`, why, 403, sent(`X-Forwarded-For: ${entry}`), { isFromProxy: true }),
  ),
  ...(
    [
      ['203.0.113.8', 'another address'],
      ['::203.0.113.9', 'IPv4-compatible is not IPv4-mapped'],
      ['64:ff9b::203.0.113.9', 'NAT64 is another network'],
      ['2002:cb00:7109::', '6to4 is another network'],
      ['2001:db9::1', 'just past the range'],
      ['203.0.113.9, 198.51.100.1', 'the nearest is another: what stands left of it is anybody’s word'],
      ['203.0.113.9, garbage', 'the nearest cannot be read'],
      ['203.0.113.9, garbage, 127.200.9.9', 'through a proxy, the next cannot be read'],
      ['127.200.9.9', 'a proxy itself is not the client'],
    ] as const
  ).map(([value, why]) =>
    refused(`from a proxy: X-Forwarded-For: ${value}`, why, 403, sent(`X-Forwarded-For: ${value}`), { isFromProxy: true }),
  ),
  refused('from a proxy: nothing said', 'the proxy is the client then', 403, sent(), { isFromProxy: true }),
  refused(
    'from a proxy: two fields, the last another',
    'the last is the nearest',
    403,
    sent('X-Forwarded-For: 203.0.113.9', 'X-Forwarded-For: 198.51.100.1'),
    { isFromProxy: true },
  ),
  refused('from a proxy: Forwarded alone', 'never read', 403, sent('Forwarded: for=203.0.113.9'), { isFromProxy: true }),
  refused('from a proxy: X-Real-IP alone', 'never read', 403, sent('X-Real-IP: 203.0.113.9'), { isFromProxy: true }),
  refused('from a proxy: X_Forwarded_For alone', 'another field', 403, sent('X_Forwarded_For: 203.0.113.9'), { isFromProxy: true }),
  refused(
    'from a proxy: Connection names X-Forwarded-For',
    'hop by hop or not, it is read: the nearest counts',
    403,
    sent('Connection: X-Forwarded-For', 'X-Forwarded-For: 198.51.100.1'),
    { isFromProxy: true },
  ),
];

const DIRECT: readonly Row[] = [
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-For: 2001:db8::1',
  'X-Forwarded-For: 203.0.113.9, 127.200.9.9',
  'Forwarded: for=203.0.113.9',
  'Forwarded: for="[2001:db8::1]:443";proto=https',
  'X-Real-IP: 203.0.113.9',
  'X-Client-IP: 203.0.113.9',
  'True-Client-IP: 203.0.113.9',
  'CF-Connecting-IP: 203.0.113.9',
  'X-Cluster-Client-IP: 203.0.113.9',
  'X_Forwarded_For: 203.0.113.9',
  'Client-IP: 203.0.113.9',
  'Via: 1.1 203.0.113.9',
].map((field) => refused(`from anybody: ${field}`, 'nobody’s word is taken', 403, sent(field)));

const TWINS: readonly Row[] = (
  [
    ['203.0.113.9', 'the address itself'],
    ['\t203.0.113.9 ', 'blanks around it'],
    ['::ffff:203.0.113.9', 'IPv4-mapped'],
    ['::FFFF:CB00:7109', 'IPv4-mapped in hex'],
    ['0:0:0:0:0:ffff:203.0.113.9', 'IPv4-mapped at length'],
    ['2001:db8::1', 'IPv6'],
    ['2001:DB8::1', 'capitals'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', 'at length'],
    ['2001:db8::192.0.2.1', 'IPv4 at the end'],
    ['garbage, 203.0.113.9', 'what stands left is not looked at'],
    ['6.6.6.6, 203.0.113.9', 'what stands left is anybody’s word'],
    ['203.0.113.9, 127.200.9.9', 'through a second proxy'],
    ['203.0.113.9,127.200.9.9 ,\t127.200.1.1', 'through three, blanks or none'],
    ['203.0.113.9, ::ffff:127.200.9.9', 'a proxy, IPv4-mapped'],
  ] as const
).map(([value, why]) =>
  carried(`from a proxy: X-Forwarded-For: ${value}`, why, asked, sent(`X-Forwarded-For: ${value}`), { isFromProxy: true }),
);

export const ADDRESSES: readonly Row[] = [...BEHIND_PROXY, ...DIRECT, ...TWINS];
