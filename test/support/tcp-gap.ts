// A line between a client and a server that can fall silent, as when a cable is pulled: nothing is closed, nothing arrives.
import net from 'node:net';

export interface TcpGap {
  readonly port: number;
  /** From now on nothing passes, and new connections are taken without a word. */
  fallSilent(): void;
  /** Passes what comes again, for connections made from now on; those from before are cut. */
  mend(): void;
  close(): Promise<void>;
}

/** Listens, and passes everything to a port of this machine. */
export async function tcpGap(target: number): Promise<TcpGap> {
  const sockets = new Set<net.Socket>();
  let isSilent = false;
  const keep = (socket: net.Socket): net.Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const server = net.createServer((client) => {
    keep(client);
    if (isSilent) return;
    const behind = keep(net.connect(target, '127.0.0.1'));
    client.on('data', (bytes) => void (isSilent || behind.write(bytes)));
    behind.on('data', (bytes) => void (isSilent || client.write(bytes)));
    client.once('close', () => behind.destroy());
    behind.once('close', () => void (isSilent || client.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    fallSilent() {
      isSilent = true;
    },
    mend() {
      cut();
      isSilent = false;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
