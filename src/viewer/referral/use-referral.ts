import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { useState } from 'react';
import { create, matchesOf, search, transact, update } from '../api/fhir.ts';
import { timelineKey } from '../person/use-timeline.ts';
import { storyKey } from '../person/use-told-story.ts';
import { londonToday } from '../read-day.ts';
import { conditionOf, referralFor, together, yesTo, type Referring, type Writer } from './referral-resources.ts';

/** What was written of somebody is read anew when it is next looked at, here and in lists. */
function useForget(citizen: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return () => Promise.all([timelineKey(citizen), storyKey(citizen), referralsKey, answerKey(citizen)].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export const referralsKey = ['referrals'] as const;
export function answerKey(citizen: string): readonly string[] {
  return ['answer', citizen];
}

/** Sends a referral, once however often it is pressed: the number is the form's. Where the person's yes is needed, it is recorded first, and without it nothing is sent. */
export function useReferral(citizen: string) {
  const [number] = useState(() => crypto.randomUUID());
  const forget = useForget(citizen);
  return useMutation({
    gcTime: 0,
    mutationFn: async ({ writer, referring }: { writer: Writer; referring: Omit<Referring, 'number'> }) => {
      const request = referralFor(writer, { ...referring, number });
      if (referring.to.needsYes) await create(yesTo(citizen, referring.to, londonToday(writer.now)));
      await create(request, conditionOf(request));
      await forget();
    },
  });
}

/** The organisation's own answer to one referral, if it gave one. `own`: `system|value`. */
export function useAnswer(citizen: string, request: string, own: string) {
  return useQuery({
    queryKey: [...answerKey(citizen), request], retry: false,
    queryFn: async ({ signal }) => matchesOf(await search<Task>('Task', [['focus', request], ['_tag', own], ['_sort', '-_lastUpdated'], ['_count', '1']], signal))[0] ?? null,
  });
}

/** Writes an answer: a new Task, another version of the standing one, or a transaction. */
export function useAnswering(citizen: string): (answer: Task | Bundle) => Promise<void> {
  const forget = useForget(citizen);
  return async (answer) => {
    if (answer.resourceType === 'Bundle') await transact(answer);
    else await (answer.id === undefined ? create(answer) : update(answer));
    await forget();
  };
}

/** Writes a call for advice with its outcome, once however often it is pressed. */
export function useAdvice(citizen: string) {
  const [number] = useState(() => crypto.randomUUID());
  const forget = useForget(citizen);
  return useMutation({
    gcTime: 0,
    mutationFn: async (make: (number: string) => [ServiceRequest, Task]) => {
      await transact(together(...make(number)));
      await forget();
    },
  });
}
