import type { JsonObject } from '../fhir/json.ts';
import type { Collection, Item } from './collection.ts';
import { textOf } from './compile-expression.ts';
import type { Translation, Translator } from './code-tables.ts';
import type { TargetElement } from './target-place.ts';
import { fieldOf, literalText, oneItem } from './transform.ts';
import type { Argument, Transform, TransformContext } from './transform.ts';

const outputs = ['code', 'system', 'display', 'Coding', 'CodeableConcept'];

/** The one map the language itself names: an OID as a URI. Systems FHIR R4 knows by a URL of their own have that one (terminologies-systems). */
const oidTable = 'http://hl7.org/fhir/ConceptMap/special-oid2uri';
const oids: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.113883.6.96', 'http://snomed.info/sct'], ['2.16.840.1.113883.6.1', 'http://loinc.org'], ['2.16.840.1.113883.6.8', 'http://unitsofmeasure.org'],
  ['2.16.840.1.113883.6.3', 'http://hl7.org/fhir/sid/icd-10'], ['2.16.840.1.113883.6.88', 'http://www.nlm.nih.gov/research/umls/rxnorm'],
]);
const oidTranslator: Translator = {
  label: oidTable,
  find: (code) => (/^[0-2](?:\.(?:0|[1-9]\d*))+$/.test(code.trim()) ? { system: '', code: oids.get(code.trim()) ?? `urn:oid:${code.trim()}`, display: '' } : undefined),
};

/**
 * `translate(v, '#table', 'code')`: the code of a source value in a table or an embedded concept map. No row and no
 * fallback: nothing is set and the record carries the warning `code-not-in-table`. Without a third argument the target
 * element decides between code, Coding and CodeableConcept.
 */
export function compileTranslate(args: Argument[], context: TransformContext): Transform {
  const [value] = args;
  const translator = findTable(args[1], context);
  const asked = args.length > 2 ? literalText(args[2], outputs.join(', '), context) : undefined;
  const wanted = asked === 'uri' && translator === oidTranslator ? 'code' : asked;
  if (wanted !== undefined && !outputs.includes(wanted)) {
    context.place.unit.fail(context.offset, 'map-transform', `translate gives ${outputs.join(', ')}, not ${wanted}`);
  }
  const outputFor = (element: TargetElement | undefined): string => wanted ?? element?.types.find((type) => outputs.includes(type)) ?? 'code';
  return {
    carries: [...args],
    typeFor(element) {
      const output = outputFor(element);
      return output === 'system' ? 'uri' : output === 'display' ? 'string' : output;
    },
    evaluate(frame, run, element): Collection {
      const item = oneItem(value, frame, run, context);
      const code = codeOf(item);
      if (code === undefined) {
        if (typeof item === 'object' && item['code'] === undefined) run.fail('wrong-type', 'translate takes a code or a Coding here and found another object', context.at, fieldOf(value, frame), { fix: 'name its coding' });
        return undefined;
      }
      const system = typeof item === 'object' ? item['system'] : undefined;
      const found = typeof system === 'string' ? translator.find(code, system) : translator.find(code);
      if (found === undefined) {
        run.warn('code-not-in-table', `No row of ${translator.label} has the code this field holds`, context.at, fieldOf(value, frame));
        run.unmapped.push({ table: translator.label, field: fieldOf(value, frame)?.path ?? '', source: code.trim() });
      } else if (found !== 'unusable') return output(found, outputFor(element));
      else run.fail('code-not-usable', `${translator.label} has no equivalent for the code this field holds`, context.at, fieldOf(value, frame));
      return undefined;
    },
  };
}

function findTable(argument: Argument | undefined, context: TransformContext): Translator {
  const name = literalText(argument, 'a table', context);
  const { tables, place } = context;
  if (name === oidTable) return oidTranslator;
  // '#id', 'id', and 'url of the map#id'
  const found = tables.get(name) ?? tables.get(name.slice(name.lastIndexOf('#') + 1)) ?? tables.get(`#${name}`);
  if (found) return found;
  const known = [...tables.keys()].join(', ') || 'none';
  return place.unit.fail(context.offset, 'unknown-table', `There is no code table ${name}; known are: ${known}`);
}

/** A code as text, or the code of a Coding. */
function codeOf(value: Item | undefined): string | undefined {
  const text = typeof value === 'object' ? value['code'] : textOf(value);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

function output(found: Translation, kind: string): Item | undefined {
  switch (kind) {
    case 'code':
      return found.code;
    case 'system':
      return found.system === '' ? undefined : found.system;
    case 'display':
      return found.display === '' ? undefined : found.display;
    case 'Coding':
      return coding(found);
    default:
      return { coding: [coding(found)] };
  }
}

function coding({ system, code, display }: Translation): JsonObject {
  return { ...(system === '' ? {} : { system }), code, ...(display === '' ? {} : { display }) };
}
