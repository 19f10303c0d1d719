import sequencers from '@jest/test-sequencer';

const Sequencer = sequencers.default ?? sequencers;

/** Suites of half a minute and more, the longest first. */
const long = [
  'flow/twin-world', 'browser/journeys', 'faults/shutdown', 'flow/replay', 'flow/twin-world-embedded', 'faults/kill-embedded', 'faults/kill', 'browser/states',
  'edge/cli/agreement', 'docs/tour', 'edge/http/audit-unavailable', 'faults/message-order', 'flow/reconstruct-decision', 'flow/sensitive-codes',
].map((name) => `/test/${name}.test.ts`);

/** Where no earlier run tells how long a suite takes, jest goes by the size of its file: a long one that is few lines would be alone at the end, and the other worker idle. */
export default class LongFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = long.findIndex((name) => path.endsWith(name));
      return at < 0 ? long.length : at;
    };
    return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
  }
}
