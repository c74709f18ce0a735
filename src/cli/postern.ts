#!/usr/bin/env node
// The executable `postern`: the doors of the process, and the table of commands in program.ts.
import { text } from 'node:stream/consumers';
import { processEnvironment } from '../config/load.js';
import { systemClock, systemRandom } from '../core/index.js';
import { takeLocalZone } from '../core/zone.js';
import { main } from '../main.js';
import { readVersion } from '../server/version.js';
import { runExplainCommand } from './explain.js';
import { rotateSiteKeys } from './keys.js';
import { createProgram } from './program.js';
import { runUserCommand } from './users.js';

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
  exit(code) {
    process.exitCode = code;
  },
});
await program.parseAsync();
