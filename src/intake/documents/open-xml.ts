import type { Json, JsonObject } from '../../fhir/json.ts';
import type { Position } from '../../fhir/problem.ts';
import { elementsIn, type KeptElement } from './kept-element.ts';
import type { OpenRecord } from './read-document.ts';

/** A record as `splitXml` kept it, with its places told as XPath from the record's element. */
export function openXml(content: string): OpenRecord {
  const kept = JSON.parse(content) as KeptElement;
  return {
    record: kept.record,
    placesOf(pointers) {
      const order = new Map(elementsIn(kept.record).map((element, index) => [element, kept.places[index]]));
      return new Map(pointers.map((pointer) => {
        const { xpath, element } = follow(kept, pointer);
        const [line = 1, column = 0] = order.get(element) ?? [];
        return [pointer, { line, ...(column > 0 && { column }), pointer: xpath } satisfies Position];
      }));
    },
  };
}

/** `/component/1/code/0/displayName` → `/ClinicalDocument/component[2]/code/@displayName`, and the element it is in. */
function follow({ name, record }: KeptElement, pointer: string): { xpath: string; element: JsonObject } {
  let xpath = `/${name}`;
  let element = record;
  const steps = pointer.split('/').filter((step) => step !== '');
  for (let at = 0; at < steps.length; at += 2) {
    const step = steps[at] ?? '';
    const value: Json | undefined = element[step];
    if (!Array.isArray(value)) return { xpath: `${xpath}/${step === 'xmlText' ? 'text()' : `@${step}`}`, element };
    xpath += `/${step}`;
    const index = steps[at + 1];
    const child = index === undefined ? undefined : value[Number(index)];
    if (child === undefined) return { xpath, element: (value[0] ?? element) as JsonObject };
    if (value.length > 1) xpath += `[${Number(index) + 1}]`;
    element = child as JsonObject;
  }
  return { xpath, element };
}
