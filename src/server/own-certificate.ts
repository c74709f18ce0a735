// Postern's own certificate, for every port at once, replaced without a restart when its files change [GW-43].
import type { Server } from 'node:http';
import { type SecureContextOptions, Server as TlsServer } from 'node:tls';
import { environmentName } from '../config/environment-name.js';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import type { Clock, Logger } from '../core/index.js';
import { keepFresh } from './kept-fresh.js';
import { type CertificatePair, readCertificatePair } from './pem-files.js';

export interface OwnCertificate {
  /** What a listener begins with. */
  secureContext(): SecureContextOptions;
  /** From now on this listener is given each new certificate; connections that are open keep theirs. */
  serve(server: Server): void;
  /** Looks at the files now. */
  look(): Promise<void>;
  close(): void;
}

/** Reads the certificate; null where plain HTTP is spoken. Throws StartError when it cannot be used. */
export async function openOwnCertificate(needs: { settings: Settings; clock: Clock; logger: Logger }): Promise<OwnCertificate | null> {
  const [certFile, keyFile] = [needs.settings.get(S.tlsCert), needs.settings.get(S.tlsKey)];
  if (certFile === null || keyFile === null) return null;
  const servers: TlsServer[] = [];
  const pair = await keepFresh({
    what: 'Postern’s own certificate',
    setting: `${environmentName(S.tlsCert.name)} or ${environmentName(S.tlsKey.name)}`,
    read: () => readCertificatePair(certFile, keyFile),
    apply: (fresh) => servers.forEach((server) => server.setSecureContext(contextOf(fresh))),
    clock: needs.clock,
    logger: needs.logger,
  });
  return {
    secureContext: () => contextOf(pair.current),
    serve: (server) => void (server instanceof TlsServer && servers.push(server)),
    look: () => pair.look(),
    close: () => pair.close(),
  };
}

/** TLS 1.2 at least, said explicitly: Node’s own default can be lowered from outside (RFC 8996). */
function contextOf({ cert, key }: CertificatePair): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}
