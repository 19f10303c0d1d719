import type { Day } from './calendar.ts';

/** What the council holds about one person, in the words of its return. */
export interface CouncilRecord {
  /** a carer is known for looking after others, who are named by their council ids */
  role: 'service-user' | 'carer';
  caresFor: readonly string[];
  hoursPerWeek?: string;
  supportReason?: string;
  accommodation?: string;
  events: readonly CouncilEvent[];
}

/** One row of the council's return, in its own words; requests and assessments are reported once completed. */
export interface CouncilEvent {
  reference: string;
  type: 'Request' | 'Assessment' | 'Service' | 'Review';
  start: Day;
  /** absent: a service that goes on */
  end?: Day;
  description: string;
  outcome?: string;
  route?: string;
  assessmentType?: string;
  service?: {
    type: string;
    component: string;
    delivery: string;
    provider: { name: string; location: string };
    unitCost: string;
    costFrequency: string;
    unitsPerWeek: string;
  };
  reviewReason?: string;
}
