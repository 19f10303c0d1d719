import sequencers from '@jest/test-sequencer';

const Sequencer = sequencers.default ?? sequencers;

/** Suites of about half a minute and more, the longest first. */
const long = [
  'browser/journeys', 'flow/twin-world', 'flow/twin-world-embedded', 'flow/replay', 'faults/shutdown', 'faults/kill-embedded', 'faults/kill', 'edge/cli/agreement', 'store/door-matches-reference',
  'faults/message-order', 'browser/states', 'flow/reconstruct-decision', 'docs/tour', 'flow/answers', 'docs/sharing-matrix', 'flow/what-if', 'flow/door-hidden-location', 'flow/door-denied', 'flow/visit-moves',
  'edge/http/audit-unavailable', 'faults/doors', 'edge/http/search', 'faults/replay-kill', 'edge/cli/map', 'flow/sensitive-codes', 'browser/hostile-text', 'edge/sandboxes/sandboxes', 'edge/http/writes',
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
