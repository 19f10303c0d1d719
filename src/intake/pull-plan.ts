import type { JsonObject } from '../fhir/json.ts';

/** How the gateway fetches what a partner does not send. */
export interface PullPlan {
  /** FHIR base address, without a slash at its end */
  base: string;
  /** what is asked for, below the base: `Bundle?_sort=_lastUpdated`; absent: one record after the other, of people registered with the partner */
  query?: string;
  /** without a query: so many people in one pull, where the kind has `perPerson`; the next pull goes on after them */
  peoplePerPull?: number;
  /** search parameter that asks for what changed since the last pull; absent: everything each time */
  since?: string;
  everySeconds: number;
  /** for one page; default 30 */
  timeoutSeconds?: number;
  /** by the national proxy: the numbers (ASID) of the system that asks and of the one that is asked */
  spine?: { from: string; to: string };
}

/** A FHIR operation that gives one person's record: a POST of Parameters, so that the number stands in no address. */
export interface PersonOperation {
  /** below the base: `Patient/$gpc.getstructuredrecord` */
  operation: string;
  /** name of the parameter that takes the NHS number, as an Identifier */
  nhsNumber: string;
  /** all others */
  parameters: JsonObject[];
  /** what the national proxy calls it (Ssp-InteractionID) */
  interaction?: string;
}
