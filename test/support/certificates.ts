// Certificates for tests, made when they are needed: an authority, and what it signs for any name and any time. A page of DER (ITU-T X.690,
// RFC 5280) instead of the dozen packages that the libraries for it bring; openssl is not on every machine.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface Authority {
  readonly pem: string;
  readonly key: string;
  issue(wish: CertificateWish): Issued;
}

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly commonName?: string;
  /** Names and IPv4 addresses; left out: those under which tests reach themselves. */
  readonly names?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
}

const DAY = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));

/** An authority of its own. */
export function newAuthority(commonName = 'Authority for tests'): Authority {
  const { privateKey, publicKey } = newKey();
  const issuer = nameOf(commonName);
  const sinceYesterday = { from: new Date(Date.now() - DAY), to: new Date(Date.now() + DAY) };
  const ca = extension('551d13', true, sequence(der(0x01, Buffer.from([0xff]))));
  return {
    pem: pemOf(certificate({ issuer, subject: issuer, publicKey, signer: privateKey, extensions: [ca], ...sinceYesterday })),
    key: pemKey(privateKey),
    issue({ commonName: subject = 'a test', names = ['localhost', '127.0.0.1'], from = sinceYesterday.from, to = sinceYesterday.to }) {
      const own = newKey();
      const alternative = extension('551d11', false, sequence(...names.map(generalName)));
      const parts = { issuer, subject: nameOf(subject), publicKey: own.publicKey, signer: privateKey, extensions: [alternative], from, to };
      return { cert: pemOf(certificate(parts)), key: pemKey(own.privateKey) };
    },
  };
}

interface CertificateParts {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly from: Date;
  readonly to: Date;
}

let serial = 0;

function certificate({ issuer, subject, publicKey, signer, extensions, from, to }: CertificateParts): Buffer {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, (serial += 1)])),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(timeOf(from), timeOf(to)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  return sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), sign('sha256', body, signer)));
}

const pemKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** One value: tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const bytes =
    body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), body]);
}

function sequence(...content: readonly Buffer[]): Buffer {
  return der(0x30, ...content);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));
}

function timeOf(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function generalName(name: string): Buffer {
  return isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));
}

function pemOf(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
