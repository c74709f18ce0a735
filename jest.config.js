// Tests run as ES modules through swc; `roots` keeps the compiled output out (stack.md).
import { packageFiles } from './test/support/packages.mjs';

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { ...(await packageFiles()), '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: true }],
  },
  testTimeout: 60_000,
  // Suites wait for processes and sockets most of their time, so two at once fill two cores.
  maxWorkers: 2,
  // Modules of suites that have ended stay in memory, and every collection of garbage walks them: with 1 GB of them a suite takes up to twice
  // the time that it takes alone. A worker that begins anew costs half a second.
  workerIdleMemoryLimit: '300MB',
};
