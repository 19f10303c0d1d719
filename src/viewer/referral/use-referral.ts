import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { useRef } from 'react';
import { create, matchesOf, search, transact, update } from '../api/fhir.ts';
import { timelineKey } from '../person/timeline/use-timeline.ts';
import { storyKey } from '../person/story/use-told-story.ts';
import { londonToday } from '../read-day.ts';
import { adviceCall, conditionOf, latestAnswer, referralFor, together, yesTo, type AdviceCall, type Referring, type Writer } from './referral-resources.ts';

/** What was written of somebody is read anew when it is next looked at, here and in lists. */
function useForget(citizen: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return () => Promise.all([timelineKey(citizen), storyKey(citizen), referralsKey, answerKey(citizen)].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export const referralsKey = ['referrals'] as const;
export function answerKey(citizen: string): readonly string[] {
  return ['answer', citizen];
}

/**
 * Sends a referral. Where the person's yes is needed, it is recorded first, once for a form whose answer came, and without it nothing
 * is sent. A yes said twice is one: the later takes the place of the earlier. Returns whether it was written now: one of the same
 * number, to which the answer was lost, stands as it is. It may have been written whatever came back: what is told of the person is out of date.
 */
export function useReferral(citizen: string): (writer: Writer, referring: Referring) => Promise<boolean> {
  const saidYes = useRef('');
  const forget = useForget(citizen);
  return async (writer, referring) => {
    const request = referralFor(writer, referring);
    try {
      if (referring.to.needsYes && saidYes.current !== referring.to.key) {
        await create(yesTo(citizen, referring.to, londonToday(writer.now)));
        saidYes.current = referring.to.key;
      }
      return await create(request, conditionOf(request));
    } finally {
      void forget();
    }
  };
}

/** The organisation's own last answer to one referral, null where it gave none. `own`: `system|value`. */
export function useAnswer(citizen: string, request: string, own: string) {
  return useQuery({
    queryKey: [...answerKey(citizen), request], retry: false,
    queryFn: async ({ signal }) => latestAnswer(matchesOf(await search<Task>('Task', [['focus', request], ['_tag', own], ['_sort', '-_lastUpdated'], ['_count', '50'], ['_total', 'none']], signal))) ?? null,
  });
}

/**
 * Writes an answer: a new Task, another version of the standing one, or a transaction. Where no word came back, what stands is read
 * again: it may have been written. False where what stands may be another text than this one, `said`: something was written under
 * its form's number before, and several texts were tried.
 */
export function useAnswering(citizen: string): (answer: Task | Bundle, number: string, said: string) => Promise<boolean> {
  const forget = useForget(citizen);
  const tried = useRef(new Map<string, Set<string>>());
  return async (answer, number, said) => {
    const texts = (tried.current.get(number) ?? new Set()).add(said);
    tried.current.set(number, texts);
    try {
      return (await written(answer)) || texts.size === 1;
    } finally {
      await forget();
    }
  };
}

async function written(answer: Task | Bundle): Promise<boolean> {
  if (answer.resourceType === 'Bundle') return transact(answer);
  if (answer.id === undefined) return create(answer, conditionOf(answer));
  await update(answer);
  return true;
}

/** Writes a call for advice with its outcome. Returns what sending a referral does. */
export function useAdvice(citizen: string): (writer: Writer, call: AdviceCall) => Promise<boolean> {
  const forget = useForget(citizen);
  return async (writer, call) => {
    try {
      return await transact(together(...adviceCall(writer, call)));
    } finally {
      void forget();
    }
  };
}
