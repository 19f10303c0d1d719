import { csvFormat } from './csv/csv-format.ts';
import { jsonFormat } from './documents/json-format.ts';
import { xmlFormat } from './documents/xml-format.ts';
import { fhirFormat } from './fhir/fhir-format.ts';
import { hl7v2Format } from './hl7v2/hl7v2-format.ts';
import type { SourceFormat } from './source-format.ts';

/** Every format a kind may have, by the name `kind.json` gives it. */
export const formats = { hl7v2: hl7v2Format, csv: csvFormat, json: jsonFormat, xml: xmlFormat, fhir: fhirFormat } as const satisfies { [name: string]: SourceFormat };

export type FormatName = keyof typeof formats;
