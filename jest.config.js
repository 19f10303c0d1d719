/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  runtime: '<rootDir>/test/native-runtime.js',
  testSequencer: '<rootDir>/test/long-first.js',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // what `npm run check:bench` runs as well: it starts a city
  testPathIgnorePatterns: process.env['ONESTORY_BENCH'] === 'all' ? [] : ['/test/bench/sharing'],
  testTimeout: 400_000,
  // jest keeps what it loaded for a suite: a worker past this is replaced after its suite, or the collector takes the time of the tests.
  workerIdleMemoryLimit: '2GB',
  globalSetup: '<rootDir>/test/postgres-for-all.ts',
  globalTeardown: '<rootDir>/test/postgres-stop.ts',
};
