/** The schema file of a kind whose senders speak FHIR: what a Bundle of theirs may be, and how its resources are named. */
export interface BundleSchema {
  /** the edition its resources are written in; a Bundle with marks of the other one is refused */
  version: 'STU3' | 'R4';
  /** `Bundle.type` of one row */
  bundles: string[];
  /** a Bundle of this type is cut: each of its entries is a row, a Bundle or (batch) a single entry */
  pages?: string;
  /** messages: the events taken, by their code in MessageHeader.event */
  events?: string[];
  /** of these events, those that answer: what the answer is not about only repeats the request, and stands under `repeated` */
  answers?: string[];
  /** whether `Bundle.id` is the sender's id of the message: the same id with other content is refused */
  messageIds?: boolean;
  /** what names a resource for ever: its id (else the end of its fullUrl), or its identifier in the partner's own namespace */
  names: 'id' | 'identifier';
  /** FHIRPath for types that come without an id: what names them */
  keys?: { [type: string]: string };
  /** type of the resource whose name is the sender's person id: the Patient, or the referral where the sender keeps no people */
  person: string;
  /** resource types a Bundle may hold */
  types: string[];
  /** types that are called otherwise in R4: references to them say the R4 name */
  renamed?: { [type: string]: string };
  /** whether contained resources stand for themselves, as in lists of ended items */
  lift?: boolean;
  /** elements of a named resource that its references carry along, for the map: `PractitionerRole: [organization]` */
  embed?: { [type: string]: string[] };
  /** what becomes of a reference whose target is not in the Bundle */
  nowhere: 'refuse' | 'warn';
  /** FHIRPath of when the content was true; the latest of several. Absent: the order of arrival */
  changedAt?: string;
  /** refused without `changedAt` */
  dated?: boolean;
  limits: { entries: number; attachmentBytes: number };
}

const text = { type: 'string', minLength: 1 };
const texts = { type: 'array', items: text, minItems: 1, uniqueItems: true };
const textOfEach = { type: 'object', additionalProperties: text };

/** JSON Schema of the file. */
export const bundleSchema = {
  type: 'object',
  required: ['version', 'bundles', 'names', 'person', 'types', 'nowhere', 'limits'],
  additionalProperties: false,
  properties: {
    version: { enum: ['STU3', 'R4'] },
    bundles: texts,
    pages: text,
    events: texts,
    answers: texts,
    messageIds: { type: 'boolean' },
    names: { enum: ['id', 'identifier'] },
    keys: textOfEach,
    person: text,
    types: texts,
    renamed: textOfEach,
    lift: { type: 'boolean' },
    embed: { type: 'object', additionalProperties: texts },
    nowhere: { enum: ['refuse', 'warn'] },
    changedAt: text,
    dated: { type: 'boolean' },
    limits: {
      type: 'object',
      required: ['entries', 'attachmentBytes'],
      additionalProperties: false,
      properties: { entries: { type: 'integer', minimum: 1 }, attachmentBytes: { type: 'integer', minimum: 0 } },
    },
  },
};

/** Resources that are nobody's record: the directory is configuration, so a record only names them. */
export const directoryTypes: ReadonlySet<string> = new Set(['Organization', 'Practitioner', 'PractitionerRole', 'HealthcareService', 'Location', 'Endpoint', 'Device', 'Medication', 'Schedule', 'Slot']);
