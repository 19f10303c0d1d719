import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { useRef } from 'react';
import { create, matchesOf, search, transact, update } from '../api/fhir.ts';
import { timelineKey } from '../person/timeline/use-timeline.ts';
import { storyKey } from '../person/story/use-told-story.ts';
import { londonToday } from '../read-day.ts';
import { conditionOf, latestAnswer, referralFor, together, yesTo, type Referring, type Writer } from './referral-resources.ts';

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
 * Sends a referral, once however often it is pressed: the `number` is the form's. Where the person's yes is needed, it is recorded
 * first, once for a form whose answer came, and without it nothing is sent. A yes said twice is one: the later takes the place of the earlier.
 * False where it stands as it was written first: the answer to that was lost, and it was `changed` since.
 */
export function useReferral(citizen: string, number: string) {
  const saidYes = useRef('');
  const forget = useForget(citizen);
  return useMutation({
    gcTime: 0,
    mutationFn: async ({ writer, referring, changed }: { writer: Writer; referring: Omit<Referring, 'number'>; changed: boolean }) => {
      const request = referralFor(writer, { ...referring, number });
      if (referring.to.needsYes && saidYes.current !== referring.to.key) {
        await create(yesTo(citizen, referring.to, londonToday(writer.now)));
        saidYes.current = referring.to.key;
      }
      const made = await create(request, conditionOf(request));
      await forget();
      return made || !changed;
    },
  });
}

/** The organisation's own last answer to one referral, null where it gave none. `own`: `system|value`. */
export function useAnswer(citizen: string, request: string, own: string) {
  return useQuery({
    queryKey: [...answerKey(citizen), request], retry: false,
    queryFn: async ({ signal }) => latestAnswer(matchesOf(await search<Task>('Task', [['focus', request], ['_tag', own], ['_sort', '-_lastUpdated'], ['_count', '50'], ['_total', 'none']], signal))) ?? null,
  });
}

/** Writes an answer: a new Task, another version of the standing one, or a transaction. Where no word came back, what stands is read again: it may have been written. */
export function useAnswering(citizen: string): (answer: Task | Bundle) => Promise<void> {
  const forget = useForget(citizen);
  return async (answer) => {
    try {
      if (answer.resourceType === 'Bundle') await transact(answer);
      else await (answer.id === undefined ? create(answer, conditionOf(answer)) : update(answer));
    } finally {
      await forget();
    }
  };
}

/** Writes a call for advice with its outcome, once however often it is pressed: the `number` is the form's. False as of a referral. */
export function useAdvice(citizen: string, number: string) {
  const forget = useForget(citizen);
  return useMutation({
    gcTime: 0,
    mutationFn: async ({ make, changed }: { make: (number: string) => [ServiceRequest, Task]; changed: boolean }) => {
      const made = await transact(together(...make(number)));
      await forget();
      return made || !changed;
    },
  });
}
