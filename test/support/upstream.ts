// Starts the recording product (upstream-process.mjs) and collects what it received.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RecordedRequest {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly bytes: number;
}

export interface RecordingUpstream {
  readonly port: number;
  readonly origin: string;
  readonly requests: RecordedRequest[];
  /** What the next requests are answered with; null: the usual 200. */
  answerWith(answer: { status: number; headers: Record<string, string | string[]>; body: string } | null): Promise<void>;
  /** Values of a field of a recorded request. */
  header(request: RecordedRequest | undefined, name: string): readonly string[];
  close(): Promise<void>;
}

interface Message {
  readonly type: 'listening' | 'request' | 'ready';
  readonly port?: number;
}

export function startUpstream(): Promise<RecordingUpstream> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('upstream-process.mjs', import.meta.url)), { stdio: 'inherit' });
    const requests: RecordedRequest[] = [];
    const waiting: (() => void)[] = [];
    child.once('error', reject);
    child.on('message', (message: Message & RecordedRequest) => {
      if (message.type === 'request') requests.push(message);
      else if (message.type === 'ready') waiting.shift()?.();
      else {
        const port = message.port ?? 0;
        resolve({
          port,
          origin: `http://127.0.0.1:${port}`,
          requests,
          answerWith: (answer) =>
            new Promise((done) => {
              waiting.push(done);
              child.send({ type: 'answer', answer });
            }),
          header: (request, name) =>
            (request?.rawHeaders ?? []).filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name.toLowerCase()),
          close: () =>
            new Promise((done) => {
              child.once('exit', () => done());
              child.disconnect();
            }),
        });
      }
    });
  });
}
