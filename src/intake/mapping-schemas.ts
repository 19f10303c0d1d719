import { rowLabels } from '../fhir/sharing-labels.ts';
import { sharingCategories } from '../fhir/sharing.ts';

/** JSON Schemas of the files in mappings/: what an analyst may write, checked whenever the folder is loaded. */

const text = { type: 'string', minLength: 1 };
const organisation = { type: 'string', pattern: '^https?://[^|\\s]+\\|[A-Za-z0-9._-]+$' };
const telecom = {
  type: 'array',
  items: { type: 'object', required: ['system', 'value'], additionalProperties: false, properties: { system: { enum: ['phone', 'email', 'url'] }, value: text } },
};
const address = {
  type: 'object',
  required: ['line', 'city', 'postalCode'],
  additionalProperties: false,
  properties: { line: { type: 'array', items: text, minItems: 1 }, city: text, postalCode: text },
};

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
        properties: { partnerKey: { type: 'string', pattern: '^[a-z][a-z0-9]{1,19}$' }, name: text, organisation, telecom, address },
      },
    },
    directory: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'organisation', 'type'],
        additionalProperties: false,
        properties: { name: text, organisation, type: { enum: ['gp-practice', 'site', 'team', 'organisation'] }, partOf: organisation, telecom, address },
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
          shadow: { type: 'boolean' },
          expectedWithinHours: { type: 'number', exclusiveMinimum: 0 },
        },
      },
    },
  },
};

export const kindSchema = {
  type: 'object',
  required: ['name', 'title', 'format', 'update', 'zone', 'limits', 'parts', 'categories'],
  additionalProperties: false,
  properties: {
    name: text,
    title: text,
    format: { enum: ['hl7v2', 'csv', 'json'] },
    update: { enum: ['snapshot', 'patch'] },
    zone: text,
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
        required: ['name', 'map', 'schema'],
        additionalProperties: false,
        properties: { name: { type: 'string', pattern: '^([a-z][a-z0-9-]*)?$' }, map: { type: 'string', pattern: '^[^/]+\\.map$' }, schema: { type: 'string', pattern: '^[^/]+\\.json$' } },
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
          personKey: { type: 'boolean' },
          format: { enum: ['date', 'dateTime', 'integer', 'decimal', 'nhs-number', 'text', 'code', 'boolean'] },
          maxLength: { type: 'integer', minimum: 1 },
        },
      },
    },
  },
};

const fieldName = { type: 'string', pattern: '^[A-Z][A-Z0-9]{2}-[1-9][0-9]*$' };
const positive = { type: 'integer', minimum: 1 };
const names = { type: 'array', items: text };

export const messagesSchema = {
  type: 'object',
  required: ['versions', 'limits', 'segments', 'events', 'dates', 'subcomponents', 'histories', 'latest'],
  additionalProperties: false,
  properties: {
    versions: { ...names, minItems: 1 },
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
        properties: { scope: { enum: ['message', 'person', 'visit'] }, repeats: { type: 'boolean' } },
      },
    },
    events: {
      type: 'object',
      propertyNames: { pattern: '^[A-Z][0-9]{2}$' },
      additionalProperties: {
        type: 'object',
        required: ['segments', 'fields'],
        additionalProperties: false,
        properties: { segments: names, fields: { type: 'array', items: fieldName }, status: text, parked: text },
      },
    },
    dates: { type: 'array', items: fieldName },
    subcomponents: { type: 'array', items: { type: 'string', pattern: '^[A-Z][A-Z0-9]{2}-[1-9][0-9]*\\.[1-9][0-9]*$' } },
    histories: {
      type: 'array',
      items: { type: 'object', required: ['name', 'field', 'events'], additionalProperties: false, properties: { name: text, field: fieldName, events: names } },
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
  properties: { rows: text, personKey: text, messageId: text, schema: { type: 'object' } },
};
