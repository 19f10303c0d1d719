import type { BeginWhatIf } from '../../../flow/sharing/what-if.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Asked, Reply } from '../route.ts';

const aDay = 86_400_000;
const mostDays = 3_660;
const progressEveryMs = 500;

/**
 * POST /governance/agreements/what-if?since=30d: lines of JSON, `{"progress": 0.42}` while it counts, then
 * `{"report": …}`. What is wrong with the text or the time is refused before the first line.
 */
export async function answerWhatIf(begin: BeginWhatIf, asked: Asked, text: string): Promise<Reply> {
  const run = await begin(asked.requester, { text, since: sinceOf(asked.query) }, asked.request);
  return {
    status: 200, headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8' },
    stream: async (write, gone) => {
      let told = -Infinity;
      const report = await run((done) => {
        const now = performance.now();
        if (now - told < progressEveryMs) return;
        told = now;
        void write(JSON.stringify({ progress: Math.round(done * 1000) / 1000 }));
      }, gone);
      await write(JSON.stringify({ report }));
    },
  };
}

/** `30d`, or an instant or day: not in the future and not before there can be anything. */
function sinceOf(query: readonly [string, string][]): Date {
  const unknown = query.find(([name]) => name !== 'since' && name !== '_format');
  if (unknown) throw new Refusal({ category: 'unsupported', code: 'search-parameter-unknown', text: 'This address does not take one of these parameters.', expected: 'since' });
  const values = query.flatMap(([name, value]) => (name === 'since' ? [value] : []));
  const [text = '30d'] = values;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const since = days !== undefined ? new Date(Date.now() - Number(days) * aDay) : /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? new Date(text) : new Date(NaN);
  const age = Date.now() - since.getTime();
  if (values.length > 1 || !(age >= 0 && age <= mostDays * aDay)) throw new Refusal(sinceInvalid);
  return since;
}

const sinceInvalid: Problem = {
  category: 'invalid', code: 'since-invalid', text: 'It is not clear from when on past requests are to be looked at.', at: { field: 'since' },
  expected: `a number of days such as 30d, or a day or instant in the last ${mostDays} days, given once`,
};
