import type { Requester } from '../../fhir/sharing.ts';
import { answerTask, taskToAnswer } from './answer-task.ts';
import { checkWriter } from './check-writer.ts';
import type { RequestFacts } from '../release-context.ts';
import type { WriteAsk, WriteContext, Written } from './write-context.ts';
import { writeRecords, type WriteWork } from './write-records.ts';

/** A write through the FHIR API: an answer to a Task of the gateway, where it is that, or records of the writer's own. */
export async function writeThroughApi(context: WriteContext, requester: Requester, work: WriteWork, request: RequestFacts): Promise<Written[]> {
  const partner = checkWriter(context, requester, work.asks);
  const [ask, second] = work.asks;
  return context.inTurn(requester.organisation, [...new Set(work.asks.flatMap(keysOf))], async () => {
    const asked = ask && !second && !work.bundle ? await taskToAnswer(context, requester, ask) : undefined;
    if (ask && asked) return [await answerTask(context, requester, asked, ask, work.bytes, request)];
    return writeRecords(context, requester, partner, work, request);
  });
}

/** What a write would come between another one of: the row, or what is looked for. A plain create comes between none. */
function keysOf({ method, type, id = '', condition }: WriteAsk): string[] {
  if (condition) return [`${type}?${new URLSearchParams(condition.map(([name, value]): [string, string] => [name, value])).toString()}`];
  return method === 'create' ? [] : [`${type}/${id}`];
}
