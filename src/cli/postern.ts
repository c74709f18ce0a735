#!/usr/bin/env node
// The executable `postern`: the doors of the process, and the table of commands in program.ts.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { MessageChannel } from 'node:worker_threads';
import { processEnvironment } from '../config/load.js';
import { systemClock, systemRandom } from '../core/index.js';
import { takeLocalZone } from '../core/zone.js';
import { main } from '../main.js';
import { readVersion } from '../server/version.js';
import { tailAudit } from './audit-tail.js';
import { findToken } from './audit-find-token.js';
import { printPublicKeys, verifyAudit } from './audit-verify.js';
import { runExplainCommand } from './explain.js';
import { rotateSiteKeys } from './keys.js';
import { createProgram } from './program.js';
import { runUserCommand } from './users.js';

const said = {
  print: (line: string): void => void process.stdout.write(`${line}\n`),
  complain: (line: string): void => void process.stderr.write(`${line}\n`),
};

const program = createProgram({
  version: readVersion(),
  start: (flags) => main(flags),
  rotateKeys: (flags) =>
    rotateSiteKeys({
      environment: processEnvironment(),
      flags,
      clock: systemClock,
      random: systemRandom,
      print: (line) => process.stdout.write(`${line}\n`),
      complain: (line) => process.stderr.write(`${line}\n`),
    }),
  user(command, flags) {
    takeLocalZone();
    return runUserCommand(command, {
      environment: processEnvironment(),
      flags,
      clock: systemClock,
      random: systemRandom,
      readInput: async () => (process.stdin.isTTY ? null : text(process.stdin)),
      print: (line) => process.stdout.write(`${line}\n`),
      complain: (line) => process.stderr.write(`${line}\n`),
    });
  },
  explain: (method, url, options, flags) =>
    runExplainCommand(method, url, options, {
      environment: processEnvironment(),
      flags,
      clock: systemClock,
      readInput: async () => (process.stdin.isTTY ? null : text(process.stdin)),
      print: (line) => process.stdout.write(`${line}\n`),
      complain: (line) => process.stderr.write(`${line}\n`),
    }),
  audit: {
    verify: (options, flags) => verifyAudit(options, { environment: processEnvironment(), flags, random: systemRandom, ...said }),
    publicKeys: (flags) => printPublicKeys({ environment: processEnvironment(), flags, random: systemRandom, ...said }),
    findToken: (options, flags) =>
      findToken(options, {
        environment: processEnvironment(),
        flags,
        random: systemRandom,
        readInput: async () => (process.stdin.isTTY ? null : text(process.stdin)),
        ...said,
      }),
    tail(options, flags) {
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
