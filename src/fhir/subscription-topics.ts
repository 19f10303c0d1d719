/** What can be subscribed to (R5 SubscriptionTopic, known in R4 by its canonical). */
export interface SubscriptionTopic {
  code: SubscriptionTopicCode;
  url: string;
  title: string;
  /** when an event happens, in one sentence */
  description: string;
  /** type of the resource a notification names */
  focus: 'ServiceRequest' | 'Encounter' | 'CarePlan' | 'Patient';
}

export type SubscriptionTopicCode = 'referral-received' | 'admitted' | 'medically-fit' | 'discharged' | 'plan-changed' | 'died' | 'citizens-merged' | 'citizens-unmerged';

const topic = (code: SubscriptionTopicCode, focus: SubscriptionTopic['focus'], title: string, description: string): SubscriptionTopic =>
  ({ code, url: `https://fhir.bicp.example/SubscriptionTopic/${code}`, title, description, focus });

/** "Ours" is who the subscribing organisation has a live relationship with: see docs/subscriptions.md. */
export const subscriptionTopics: readonly SubscriptionTopic[] = [
  topic('referral-received', 'ServiceRequest', 'New referral for us', 'A referral names the organisation as its performer, which it did not before.'),
  topic('admitted', 'Encounter', 'One of ours was admitted', 'A stay is under way that was not before.'),
  topic('medically-fit', 'Encounter', 'One of ours is medically fit', 'A stay has a discharge ready date, which it had not before.'),
  topic('discharged', 'Encounter', 'One of ours was discharged', 'A stay is finished that was not before.'),
  topic('plan-changed', 'CarePlan', 'A plan of one of ours changed', 'A plan is new or has a new version.'),
  topic('died', 'Patient', 'One of ours died', 'A source says that the person died, which it did not before.'),
  topic('citizens-merged', 'Patient', 'Two of ours are one', 'A person the organisation knows became part of another; the old id stands for the new one.'),
  topic('citizens-unmerged', 'Patient', 'One of ours are two', 'A person the organisation knows was taken out of another.'),
];

export function topicOf(canonical: string): SubscriptionTopic | undefined {
  return subscriptionTopics.find(({ url }) => url === canonical.split('|')[0]);
}
