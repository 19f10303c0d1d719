/**
 * The one table of errors. Every refusal in the gateway is a `Problem`: a stable code, a category that fixes the
 * HTTP status and the FHIR issue code once, a sentence that never holds person data, where it was found, what was
 * expected and how to mend it.
 */

/** Each category is one HTTP status and one code of http://hl7.org/fhir/issue-type. */
export const categories = {
  malformed: { status: 400, issue: 'structure' },
  invalid: { status: 400, issue: 'invalid' },
  unsupported: { status: 400, issue: 'not-supported' },
  unauthenticated: { status: 401, issue: 'login' },
  forbidden: { status: 403, issue: 'forbidden' },
  'not-found': { status: 404, issue: 'not-found' },
  gone: { status: 410, issue: 'deleted' },
  'method-not-allowed': { status: 405, issue: 'not-supported' },
  'not-acceptable': { status: 406, issue: 'not-supported' },
  timeout: { status: 408, issue: 'timeout' },
  conflict: { status: 409, issue: 'conflict' },
  duplicate: { status: 409, issue: 'duplicate' },
  precondition: { status: 412, issue: 'conflict' },
  'precondition-required': { status: 428, issue: 'required' },
  'too-large': { status: 413, issue: 'too-long' },
  'media-type': { status: 415, issue: 'not-supported' },
  unprocessable: { status: 422, issue: 'processing' },
  'headers-too-large': { status: 431, issue: 'too-long' },
  throttled: { status: 429, issue: 'throttled' },
  internal: { status: 500, issue: 'exception' },
  unavailable: { status: 503, issue: 'transient' },
} as const;

export type Category = keyof typeof categories;

/** Where in the partner's material or in a request something was found. Never a value, only a place. */
export interface Position {
  /** file name of the map, table or sample, relative to its kind's folder */
  file?: string;
  /** 1-based */
  line?: number;
  /** 1-based */
  column?: number;
  /** the table of a package */
  part?: string;
  /** 1-based record number inside a source record: the CSV data row, the message of a batch */
  row?: number;
  /** the field as its format names it: `PID-3.1`, `NHS Number`, `Patient.birthDate` */
  field?: string;
  /** RFC 6901 pointer or FHIRPath expression into a JSON body, XPath by local names into an XML one */
  pointer?: string;
  /** FHIRPath of the element that was made of it: `Patient.name[0].family` */
  element?: string;
}

export interface Problem {
  category: Category;
  /** stable, kebab-case, listed in docs/errors.md: what programs switch on */
  code: string;
  /** one sentence for a person; no names, numbers or values of a person */
  text: string;
  at?: Position;
  expected?: string;
  fix?: string;
  /** seconds after which asking again may help: `Retry-After` */
  retryAfter?: number;
  severity?: 'error' | 'warning' | 'information';
}

/** Thrown only where a refusal must cross several layers; the edge turns it into an OperationOutcome. */
export class Refusal extends Error {
  readonly problems: readonly Problem[];
  constructor(...problems: Problem[]) {
    super(problems[0]?.code ?? 'refused');
    this.name = 'Refusal';
    this.problems = problems;
  }
}

/** A refusal whose audit entry is already durable. */
export class AuditedRefusal extends Refusal {}
