import { rowLabels } from '../fhir/sharing-labels.ts';
import { sharingCategories } from '../fhir/sharing.ts';

/** JSON Schemas of the files in mappings/: what an analyst may write, checked whenever the folder is loaded. */

const asid = { type: 'string', pattern: '^\\d{12}$' };
const text = { type: 'string', minLength: 1 };
const organisation = { type: 'string', pattern: '^https?://[^|\\s]+\\|[A-Za-z0-9._-]+$' };
const telecom = {
  type: 'array',
  items: { type: 'object', required: ['system', 'value'], additionalProperties: false, properties: { system: { enum: ['phone', 'email', 'url'] }, value: text, outOfHours: { const: true } } },
};
const address = {
  type: 'object',
  required: ['line', 'city', 'postalCode'],
  additionalProperties: false,
  properties: { line: { type: 'array', items: text, minItems: 1 }, city: text, postalCode: text },
};

/** parts of the programme an organisation takes referrals for: codes of profiles/CodeSystem-ei-component.json */
const takes = { type: 'array', items: { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$' }, minItems: 1, uniqueItems: true };

export const partnersSchema = {
  type: 'object',
  required: ['identifierBase', 'partners'],
  additionalProperties: false,
  properties: {
    identifierBase: { type: 'string', pattern: '^https?://[^\\s]+[^/\\s]$' },
    partners: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['partnerKey', 'name', 'organisation'],
        additionalProperties: false,
        properties: { partnerKey: { type: 'string', pattern: '^[a-z][a-z0-9]{1,19}$' }, name: text, organisation, type: { const: 'gp-practice' }, tellsWhere: { type: 'boolean' }, takes, telecom, address },
      },
    },
    directory: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'organisation', 'type'],
        additionalProperties: false,
        properties: { name: text, organisation, type: { enum: ['gp-practice', 'site', 'team', 'organisation'] }, partOf: organisation, takes, telecom, address },
      },
    },
  },
};

export const feedsSchema = {
  type: 'object',
  required: ['feeds'],
  additionalProperties: false,
  properties: {
    feeds: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['key', 'kind', 'partner', 'title', 'system'],
        additionalProperties: false,
        properties: {
          key: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)+$' },
          kind: text,
          partner: text,
          title: text,
          system: text,
          senders: { type: 'array', items: text, minItems: 1 },
          pull: {
            type: 'object',
            required: ['base', 'everySeconds'],
            oneOf: [{ required: ['query'] }, { required: ['peoplePerPull'], not: { required: ['since'] } }],
            additionalProperties: false,
            properties: {
              base: { type: 'string', pattern: '^https?://[^\\s?#]+[^/\\s?#]$' },
              query: { type: 'string', pattern: '^[A-Z$][^\\s:#]*$' },
              peoplePerPull: { type: 'integer', minimum: 1, maximum: 1000 },
              since: { type: 'string', pattern: '^_?[A-Za-z][A-Za-z-]*$' },
              everySeconds: { type: 'integer', minimum: 60 },
              timeoutSeconds: { type: 'integer', minimum: 1, maximum: 300 },
              spine: { type: 'object', required: ['from', 'to'], additionalProperties: false, properties: { from: asid, to: asid } },
            },
          },
          shadow: { type: 'boolean' },
          expectedWithinHours: { type: 'number', exclusiveMinimum: 0 },
        },
      },
    },
  },
};

const columnNames = { type: 'array', items: text, uniqueItems: true };
const relation = {
  type: 'object',
  required: ['part', 'by', 'rows'],
  additionalProperties: false,
  properties: { part: text, by: columnNames, rows: { enum: ['one', 'many'] }, as: { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$' }, columns: columnNames, fills: { ...columnNames, minItems: 1 }, whole: { const: true } },
};

/** `*` for what varies */
const fileName = { type: 'string', pattern: '^[A-Za-z0-9_*-]+\\.[a-z0-9]+$' };

export const kindSchema = {
  type: 'object',
  required: ['name', 'title', 'format', 'update', 'zone', 'limits', 'parts', 'categories'],
  additionalProperties: false,
  properties: {
    name: text,
    title: text,
    format: { enum: ['hl7v2', 'csv', 'json', 'xml', 'fhir'] },
    update: { enum: ['snapshot', 'patch'] },
    zone: text,
    shares: { type: 'array', items: text, minItems: 1, uniqueItems: true },
    complete: fileName,
    leftOut: {
      type: 'array', minItems: 1,
      items: {
        type: 'object', required: ['file', 'reason', 'approvedBy', 'date'], additionalProperties: false,
        properties: { file: fileName, reason: text, approvedBy: text, date: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } },
      },
    },
    perPerson: {
      type: 'object', required: ['operation', 'nhsNumber', 'parameters'], additionalProperties: false,
      properties: { operation: { type: 'string', pattern: '^[A-Z][A-Za-z]+/\\$[A-Za-z.-]+$' }, nhsNumber: text, interaction: { type: 'string', pattern: '^urn:[A-Za-z0-9:._-]+$' }, parameters: { type: 'array', items: { type: 'object', required: ['name'] } } },
    },
    limits: {
      type: 'object',
      required: ['maxBytes', 'maxRows'],
      additionalProperties: false,
      properties: { maxBytes: { type: 'integer', minimum: 1 }, maxRows: { type: 'integer', minimum: 1 } },
    },
    parts: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'schema'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', pattern: '^([a-z][a-z0-9-]*)?$' }, map: { type: 'string', pattern: '^[^/]+\\.(map|json)$' }, schema: { type: 'string', pattern: '^[^/]+\\.json$' },
          file: fileName, needed: { const: true }, knownPeople: { const: true }, cover: { const: true }, readAs: text,
          relations: { type: 'array', minItems: 1, items: relation },
        },
      },
    },
    categories: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['type', 'category'],
        additionalProperties: false,
        properties: {
          type: { type: 'string', pattern: '^[A-Z][A-Za-z]+$' }, partner: text, code: text, category: { enum: [...sharingCategories] },
          labels: { type: 'array', items: { enum: rowLabels }, minItems: 1, uniqueItems: true },
        },
      },
    },
  },
};

export const columnsSchema = {
  type: 'object',
  required: ['columns'],
  additionalProperties: false,
  properties: {
    spreadsheet: { type: 'boolean' },
    columns: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['header', 'name'],
        additionalProperties: false,
        properties: {
          header: text,
          name: { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$' },
          required: { type: 'boolean' },
          optional: { const: true },
          lookedUp: { const: true },
          personKey: { type: 'boolean' },
          sender: { type: 'boolean' },
          format: { enum: ['date', 'dateTime', 'time', 'sheet-date', 'integer', 'decimal', 'nhs-number', 'text', 'code', 'boolean'] },
          maxLength: { type: 'integer', minimum: 1 },
        },
      },
    },
    claims: { type: 'object', minProperties: 1, additionalProperties: false, properties: { nhsNumber: text, family: text } },
    latest: { type: 'object', required: ['column', 'at', 'table'], additionalProperties: false, properties: { column: text, at: text, table: text } },
    asOf: { type: 'array', items: text, minItems: 1, uniqueItems: true },
  },
};

const fieldName = { type: 'string', pattern: '^[A-Z][A-Z0-9]{2}-[1-9][0-9]*$' };
const fieldNames = { type: 'array', items: fieldName };
/** what a message is about beside the person: a member of the record the map reads */
const aboutName = { type: 'string', pattern: '^[a-z]+$', not: { enum: ['person', 'event', 'other', 'feed'] } };
const positive = { type: 'integer', minimum: 1 };
const names = { type: 'array', items: text };

export const messagesSchema = {
  type: 'object',
  required: ['type', 'versions', 'limits', 'about', 'segments', 'always', 'events', 'time', 'dates', 'placeholders', 'subcomponents', 'histories', 'latest'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', pattern: '^[A-Z]{3}$' },
    versions: { ...names, minItems: 1 },
    about: {
      type: 'object', required: ['name', 'id'], additionalProperties: false,
      properties: { name: aboutName, id: fieldName, account: fieldName },
    },
    always: { type: 'object', required: ['segments', 'fields'], additionalProperties: false, properties: { segments: names, fields: fieldNames } },
    time: { ...fieldNames, minItems: 1 },
    placeholders: { type: 'array', items: { type: 'string', pattern: '^[0-9]{8}$' } },
    limits: {
      type: 'object',
      required: ['segments', 'fields', 'repetitions', 'components', 'fieldLength'],
      additionalProperties: false,
      properties: { segments: positive, fields: positive, repetitions: positive, components: positive, fieldLength: positive },
    },
    segments: {
      type: 'object',
      propertyNames: { pattern: '^[A-Z][A-Z0-9]{2}$' },
      additionalProperties: {
        type: 'object',
        required: ['scope'],
        additionalProperties: false,
        properties: { scope: { enum: ['message', 'person', 'about', 'other'] }, repeats: { type: 'boolean' } },
      },
    },
    events: {
      type: 'object',
      propertyNames: { pattern: '^[A-Z][0-9]{2}$' },
      additionalProperties: {
        type: 'object',
        required: ['segments', 'fields'],
        additionalProperties: false,
        properties: {
          segments: names, fields: fieldNames, status: text, person: text, place: fieldName, undoes: names, otherwise: text, clears: fieldNames,
          merges: { enum: ['people', 'visits', 'visit-of-person', 'account-of-person', 'two-people'] }, does: { enum: ['join', 'part', 'move-visit'] },
        },
      },
    },
    dates: fieldNames,
    subcomponents: { type: 'array', items: { type: 'string', pattern: '^[A-Z][A-Z0-9]{2}-[1-9][0-9]*\\.[1-9][0-9]*$' } },
    histories: {
      type: 'array',
      items: { type: 'object', required: ['name', 'fields'], additionalProperties: false, properties: { name: text, fields: { ...fieldNames, minItems: 1 }, events: names } },
    },
    latest: {
      type: 'array',
      items: { type: 'object', required: ['name', 'field', 'values'], additionalProperties: false, properties: { name: text, field: fieldName, values: { type: 'array', items: { type: 'string' } } } },
    },
  },
};

export const documentSchema = {
  type: 'object',
  required: ['personKey', 'schema'],
  additionalProperties: false,
  properties: {
    rows: text, personKey: text, messageId: text, recordKey: text, asOf: text, schema: { type: 'object' },
    versions: { type: 'object', required: ['of', 'number'], additionalProperties: false, properties: { of: text, number: text } },
    fold: { type: 'object', required: ['name', 'id', 'at'], additionalProperties: false, properties: { name: aboutName, id: text, at: text } },
    namespaces: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
  },
};
