// Starts the recording product (upstream-process.mjs) and collects what it received.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RecordedRequest {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly rawTrailers: readonly string[];
  /** Bytes of the body, and their digest; of one that is held at its head 0, until it is read. */
  readonly bytes: number;
  readonly sha256: string;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

/** What becomes of a connection after an answer. */
export type Then = 'keep' | 'close' | 'reset';

export interface RecordingUpstream {
  readonly port: number;
  readonly pid: number;
  readonly origin: string;
  readonly requests: RecordedRequest[];
  /** Targets of requests whose connection ended before their answer was complete. */
  readonly gone: readonly string[];
  /** Bytes of the body of a request with `x-test-progress`, by target. */
  readonly progress: ReadonlyMap<string, number>;
  /** Bytes of the last download that the product has been able to give away, as of the last order. */
  readonly sent: number;
  /** What the next requests are answered with; null: the usual 200. */
  answerWith(answer: { status: number; headers: Record<string, string | string[]>; body: string } | null): Promise<void>;
  /** Writes bytes as they are to the connection of the request that was held last (`x-test-hold`), then keeps, closes or resets it. */
  write(bytes: string | Buffer, then?: Then): Promise<void>;
  /** Closes or resets that connection. */
  end(then: 'close' | 'reset'): Promise<void>;
  /** Closes the connections on which nothing is asked at the moment. */
  closeIdle(): Promise<void>;
  /** Reads the body of the request that was held at its head, records it again and answers it. */
  read(): Promise<void>;
  /** Resolves as soon as it is true; asked again after everything the product tells. */
  until(isTrue: () => boolean): Promise<void>;
  /** Values of a field of a recorded request. */
  header(request: RecordedRequest | undefined, name: string): readonly string[];
  close(): Promise<void>;
}

interface Message {
  readonly type: 'listening' | 'request' | 'ready' | 'gone' | 'progress';
  readonly port?: number;
  readonly downloaded?: number;
}

export interface UpstreamOptions {
  /** Connections the system keeps waiting for the product to take them. */
  readonly backlog?: number;
}

export function startUpstream({ backlog = 511 }: UpstreamOptions = {}): Promise<RecordingUpstream> {
  return new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL('upstream-process.mjs', import.meta.url));
    // The parent's flags are for its own modules.
    const child = fork(file, [String(backlog)], { stdio: 'inherit', execArgv: [] });
    const requests: RecordedRequest[] = [];
    const gone: string[] = [];
    const progress = new Map<string, number>();
    const waiting: (() => void)[] = [];
    let sent = 0;
    const conditions = new Set<() => void>();
    const order = (message: Readonly<Record<string, unknown>>): Promise<void> =>
      new Promise((done) => {
        waiting.push(done);
        child.send(message);
      });
    child.once('error', reject);
    child.on('message', (message: Message & RecordedRequest) => {
      if (message.type === 'request') requests.push(message);
      else if (message.type === 'gone') gone.push(message.target);
      else if (message.type === 'progress') progress.set(message.target, message.bytes);
      else if (message.type === 'ready') {
        sent = message.downloaded ?? 0;
        waiting.shift()?.();
      } else {
        const port = message.port ?? 0;
        resolve({
          port,
          pid: child.pid ?? 0,
          origin: `http://127.0.0.1:${port}`,
          requests,
          gone,
          progress,
          get sent() {
            return sent;
          },
          answerWith: (answer) => order({ type: 'answer', answer }),
          write: (bytes, then = 'keep') =>
            order({ type: 'write', bytes: Buffer.from(bytes as string).toString('base64'), afterwards: then }),
          end: (then) => order({ type: 'end', afterwards: then }),
          closeIdle: () => order({ type: 'idle' }),
          read: () => order({ type: 'read' }),
          until: (isTrue) =>
            new Promise((done) => {
              const look = (): void => {
                if (!isTrue()) return;
                conditions.delete(look);
                done();
              };
              conditions.add(look);
              look();
            }),
          header: (request, name) =>
            (request?.rawHeaders ?? []).filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name.toLowerCase()),
          close: () =>
            new Promise((done) => {
              child.once('exit', () => done());
              // Also one that is stopped.
              child.kill('SIGKILL');
            }),
        });
      }
      for (const look of conditions) look();
    });
  });
}
