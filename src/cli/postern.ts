#!/usr/bin/env node
// The executable `postern`: the doors of the process, and the table of commands in program.ts. Each command is loaded when it is run: most
// need a small part of the house, and all of it takes longer to load than they take.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { MessageChannel } from 'node:worker_threads';
import { processEnvironment } from '../config/load.js';
import { systemClock, systemRandom } from '../core/index.js';
import { takeLocalZone } from '../core/zone.js';
import { readVersion } from '../server/version.js';
import { createProgram } from './program.js';

const said = {
  print: (line: string): void => void process.stdout.write(`${line}\n`),
  complain: (line: string): void => void process.stderr.write(`${line}\n`),
};

const program = createProgram({
  version: readVersion(),
  start: async (flags) => (await import('../server/process.js')).runProcess(flags),
  rotateKeys: async (flags) =>
    (await import('./keys.js')).rotateSiteKeys({
      environment: processEnvironment(),
      flags,
      clock: systemClock,
      random: systemRandom,
      print: (line) => process.stdout.write(`${line}\n`),
      complain: (line) => process.stderr.write(`${line}\n`),
    }),
  async user(command, flags) {
    takeLocalZone();
    return (await import('./users.js')).runUserCommand(command, {
      environment: processEnvironment(),
      flags,
      clock: systemClock,
      random: systemRandom,
      readInput: async () => (process.stdin.isTTY ? null : text(process.stdin)),
      print: (line) => process.stdout.write(`${line}\n`),
      complain: (line) => process.stderr.write(`${line}\n`),
    });
  },
  explain: async (method, url, options, flags) =>
    (await import('./explain.js')).runExplainCommand(method, url, options, {
      environment: processEnvironment(),
      flags,
      clock: systemClock,
      readInput: async () => (process.stdin.isTTY ? null : text(process.stdin)),
      print: (line) => process.stdout.write(`${line}\n`),
      complain: (line) => process.stderr.write(`${line}\n`),
    }),
  audit: {
    verify: async (options, flags) =>
      (await import('./audit-verify.js')).verifyAudit(options, { environment: processEnvironment(), flags, random: systemRandom, ...said }),
    publicKeys: async (flags) =>
      (await import('./audit-verify.js')).printPublicKeys({ environment: processEnvironment(), flags, random: systemRandom, ...said }),
    findToken: async (options, flags) =>
      (await import('./audit-find-token.js')).findToken(options, {
        environment: processEnvironment(),
        flags,
        random: systemRandom,
        readInput: async () => (process.stdin.isTTY ? null : text(process.stdin)),
        ...said,
      }),
    async tail(options, flags) {
      const { tailAudit } = await import('./audit-tail.js');
      // The clock's timers alone would not keep the process: the signal is waited for, and reading it is what does.
      const kept = new MessageChannel();
      kept.port1.on('message', () => undefined);
      const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process.stdout, 'close')]);
      return tailAudit(options, {
        environment: processEnvironment(),
        flags,
        clock: systemClock,
        interrupted: interrupted.then(() => undefined),
        ...said,
      }).finally(() => kept.port1.close());
    },
  },
  exit(code) {
    process.exitCode = code;
  },
});
await program.parseAsync();
