// Certificates and keys as files in PEM: read whole and held against each other before anything relies on them [GW-43].
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { LIMITS } from '../core/index.js';

/** What is wrong with a file, in words for the operator; never what stands in it. */
export class PemError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PemError';
  }
}

/** Postern's own certificate with what leads to its authority, and its key. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Reads a certificate and its key. Throws PemError when a file cannot be read, is not whole, or one does not belong to the other. */
export async function readCertificatePair(certFile: string, keyFile: string): Promise<CertificatePair> {
  const [cert, key] = [await readText(certFile), await readText(keyFile)];
  const [leaf] = certificatesIn(cert, certFile);
  const privateKey = privateKeyIn(key, keyFile);
  if (leaf?.checkPrivateKey(privateKey) !== true)
    throw new PemError(`the key in ${keyFile} does not belong to the first certificate in ${certFile}`);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new PemError(`${certFile} and ${keyFile} cannot be used together for TLS`, cause);
  }
  return { cert, key };
}

/** Reads a file of authorities. Throws PemError. */
export async function readAuthorities(file: string): Promise<string> {
  const text = await readText(file);
  certificatesIn(text, file);
  return text;
}

async function readText(file: string): Promise<string> {
  try {
    if (!(await stat(file)).isFile()) throw new PemError(`${file} is not a file`);
    const handle = await open(file, 'r');
    try {
      // A device or a wrong name must not fill memory.
      const { size } = await handle.stat();
      if (size > LIMITS.certificateFileBytesMax) throw new PemError(`${file} is larger than ${LIMITS.certificateFileBytesMax} bytes`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof PemError) throw cause;
    throw new PemError(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`, cause);
  }
}

/** Every certificate in a text; as many as begin in it must be whole. */
function certificatesIn(text: string, file: string): readonly X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  const begun = text.split('-----BEGIN ').length - 1;
  if (begun === 0) throw new PemError(`${file} holds no certificate in PEM`);
  if (blocks.length !== begun) throw new PemError(`${file} holds something that is not a whole certificate in PEM`);
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw new PemError(`certificate ${index + 1} in ${file} cannot be understood`, cause);
    }
  });
}

function privateKeyIn(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const isLocked = (cause as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE' || text.includes('ENCRYPTED');
    throw new PemError(isLocked ? `the key in ${file} needs a passphrase` : `${file} holds no private key in PEM`, cause);
  }
}
