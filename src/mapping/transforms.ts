import { buildingTransforms } from './building-transforms.ts';
import { castValue, isCastType } from './cast-value.ts';
import { cloneValue } from './clone-value.ts';
import type { Collection } from './collection.ts';
import { elementOf, isKnownResourceType } from '../fhir/definitions.ts';
import { isKnownType } from './target-place.ts';
import { timeTransforms } from './time-transforms.ts';
import { fieldOf, literalText, oneItem, oneText } from './transform.ts';
import type { Frame, RunState } from './run-state.ts';
import type { Argument, Transform, TransformContext, TransformKind } from './transform.ts';
import { compileTranslate } from './translate.ts';

/** The transforms a map may call, by name. `create` without a type and `evaluate` are compiled with the target. */
export const transforms: ReadonlyMap<string, TransformKind> = new Map<string, TransformKind>([
  ['create', { least: 0, most: 1, compile: compileCreate }],
  ['copy', { least: 1, most: 1, compile: compileCopy }],
  ['truncate', { least: 2, most: 2, compile: compileTruncate }],
  ['escape', { least: 2, most: 3, compile: compileEscape }],
  ['cast', { least: 2, most: 2, compile: compileCast }],
  ['append', { least: 1, most: 100, compile: compileAppend }],
  ['translate', { least: 2, most: 3, compile: compileTranslate }],
  ['uuid', { least: 0, most: 0, compile: (_args, context) => ({ evaluate: () => context.newId(), carries: [] }) }],
  ['reference', { least: 1, most: 1, compile: compileReference }],
  ['pointer', { least: 1, most: 1, compile: compilePointer }],
  ...buildingTransforms,
  ...timeTransforms,
]);

function compileCreate(args: Argument[], context: TransformContext): Transform {
  if (args.length === 0) {
    return { evaluate: () => ({}), carries: [], isNew: true };
  }
  const type = elementType(context.resolveType(literalText(args[0], 'a type', context)));
  if (!isKnownType(type)) context.place.unit.fail(context.offset, 'unknown-type', `There is no FHIR R4 type ${type}`);
  const isResource = isKnownResourceType(type);
  return { evaluate: () => (isResource ? { resourceType: type } : {}), carries: [], type, isNew: true };
}

/** `Patient.contact`: what an element of a type is made of. */
function elementType(path: string): string {
  const [first = '', ...names] = path.split('.');
  return names.reduce((type, name) => (type in {} || name in {} ? undefined : elementOf(type, name)?.types[0]) ?? path, first);
}

/** `= v`, `copy(v)` and `= (expression)`: the value itself, objects as deep copies. */
export function compileCopy(args: Argument[]): Transform {
  const [argument] = args;
  if (!argument) throw new Error('copy takes one argument');
  const { slot } = argument;
  if (slot !== undefined) return { evaluate: (frame) => cloneValue(frame.values[slot]), carries: args };
  return { evaluate: (frame, run) => cloneValue(argument.evaluate(frame, undefined, undefined, run)), carries: args };
}

function compileTruncate(args: Argument[], context: TransformContext): Transform {
  const [value, length] = args;
  return {
    carries: args,
    evaluate(frame, run) {
      const text = oneText(value, frame, run, context);
      const size = oneItem(length, frame, run, context);
      if (text === undefined || size === undefined) return undefined;
      if (typeof size === 'number' && Number.isInteger(size) && size > 0) return text.length <= size ? text : [...text].slice(0, size).join('');
      run.fail('wrong-type', 'truncate needs a whole number of characters', context.at, fieldOf(length, frame));
      return undefined;
    },
  };
}

const decoders: Record<string, (text: string) => string> = {
  plain: (text) => text,
  url: (text) => decodeURIComponent(text),
  json: (text) => JSON.parse(`"${text}"`) as string,
};
const encoders: Record<string, (text: string) => string> = {
  plain: (text) => text,
  url: (text) => encodeURIComponent(text),
  json: (text) => JSON.stringify(text).slice(1, -1),
  xml: (text) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
};

function compileEscape(args: Argument[], context: TransformContext): Transform {
  const [value] = args;
  const from = args.length === 3 ? literalText(args[1], 'a format', context) : 'plain';
  const to = literalText(args.at(-1), 'a format', context);
  const decode = Object.hasOwn(decoders, from) ? decoders[from] : undefined;
  const encode = Object.hasOwn(encoders, to) ? encoders[to] : undefined;
  if (!decode || !encode) return context.place.unit.fail(context.offset, 'map-transform', 'escape reads plain, url or json and writes plain, url, json or xml');
  return {
    carries: args,
    evaluate(frame, run) {
      const text = oneText(value, frame, run, context);
      try {
        return text === undefined ? undefined : encode(decode(text));
      } catch {
        run.fail('bad-value', `This value cannot be read as ${from}`, context.at, fieldOf(value, frame));
        return undefined;
      }
    },
  };
}

function compileCast(args: Argument[], context: TransformContext): Transform {
  const [value] = args;
  const type = literalText(args[1], 'a primitive type', context);
  if (!isCastType(type)) context.place.unit.fail(context.offset, 'unknown-type', `cast does not know the type ${type}`);
  return {
    type,
    carries: args,
    evaluate(frame, run) {
      const item = oneItem(value, frame, run, context);
      if (item === undefined || item === '') return undefined;
      const cast = castValue(typeof item === 'string' ? item.trim() : item, type);
      if (cast === undefined) run.fail('bad-value', `This value cannot be read as ${type}`, context.at, fieldOf(value, frame), { expected: type });
      return cast;
    },
  };
}

/** Nothing counts as the empty text; nothing but nothings is nothing. */
function compileAppend(args: Argument[], context: TransformContext): Transform {
  return {
    type: 'string',
    carries: args,
    evaluate(frame, run) {
      let text = '';
      for (const argument of args) text += oneText(argument, frame, run, context) ?? '';
      return text === '' ? undefined : text;
    },
  };
}

/** Type and id of a resource; one without an id gets one. */
function nameOf(argument: Argument | undefined, frame: Frame, run: RunState, context: TransformContext): { type: string; id: string } | undefined {
  const value = oneItem(argument, frame, run, context);
  const type = typeof value === 'object' ? value['resourceType'] : undefined;
  if (typeof value === 'object' && typeof type === 'string') {
    const { id = context.newId() } = value;
    if (typeof id === 'string') {
      value['id'] = id;
      return { type, id };
    }
  }
  run.fail('not-a-resource', `${context.name} needs a resource`, context.at, fieldOf(argument, frame));
  return undefined;
}

function compileReference(args: Argument[], context: TransformContext): Transform {
  return {
    carries: [],
    typeFor: (element) => (element?.types.includes('Reference') ? 'Reference' : 'string'),
    evaluate(frame, run, element): Collection {
      const resource = nameOf(args[0], frame, run, context);
      if (!resource) return undefined;
      const reference = `${resource.type}/${resource.id}`;
      return element?.types.includes('Reference') ? { reference } : reference;
    },
  };
}

function compilePointer(args: Argument[], context: TransformContext): Transform {
  return {
    type: 'uri',
    carries: [],
    evaluate(frame, run) {
      const resource = nameOf(args[0], frame, run, context);
      return resource && `urn:uuid:${resource.id}`;
    },
  };
}
