import { flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { jestExpect as expect } from '@jest/expect';
import Runtime from 'jest-runtime';
import { seedOfRun } from './seed-of-run.ts';

fc.configureGlobal({ seed: seedOfRun() });

let suites = 0;

/**
 * jest loads every module anew for every suite, in a context of its own where each look at a global is slow: a third of the
 * time of all tests. Here the suites of a worker share what Node itself has loaded, as the program runs it, and only the
 * suite's own module is new. Everything else of jest (timeouts, hooks, reports, workers) is as ever.
 */
export default class NativeRuntime extends Runtime {
  async unstable_importModule(file) {
    const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = this._environment.global;
    Object.assign(globalThis, { describe, it, test, expect, beforeAll, beforeEach, afterAll, afterEach });
    suites += 1;
    const loaded = await import(`${pathToFileURL(file)}?suite=${suites}`);
    flushCompileCache(); // left to the worker's end, it takes longer than the half second jest gives that
    return loaded;
  }
}
