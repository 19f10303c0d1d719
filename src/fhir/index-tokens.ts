import { isJsonObject, type Json } from './json.ts';
import { maxPrefix, normaliseText, partLengths, wordLengths, wordsOf } from './normalise-text.ts';
import { knownTerminology } from './profiles.ts';
import type { SearchParameterRow } from './search-parameter-row.ts';
import type { TokenKind } from './search-token.ts';
import { soundOf } from './sound-of.ts';

/** Takes one search form of a value. */
export type Emit = (kind: TokenKind, value: string) => void;

/** Characters of a text that are looked at; what is beyond cannot be searched for. */
const maxText = 256;

/** Every form in which one value of a parameter can be asked for. */
export function emitTokens(row: SearchParameterRow, value: Json, emit: Emit): void {
  if (row.kind === 'token') {
    emitToken(value, row.binding, emit);
    if (row.words) emitWords(value, emit);
  }
  if (row.kind === 'string') emitText(row, value, emit);
  if (row.kind === 'reference') emitReference(row, value, emit);
  if (row.kind === 'uri') emitUri(value, emit);
}

/** A code, boolean, Coding, CodeableConcept, Identifier or ContactPoint: each `system|code`, `code`, `system|`, and `|code` without a system. */
export function emitToken(value: Json, binding: string | undefined, emit: Emit): void {
  if (typeof value === 'boolean') return emitPair('http://terminology.hl7.org/CodeSystem/special-values', String(value), emit);
  if (typeof value === 'string') return emitPair(binding === undefined ? undefined : systemOf(binding, value), value, emit);
  if (!isJsonObject(value)) return;
  for (const coding of list(value['coding'])) emitToken(coding, undefined, emit);
  const code = value['code'] ?? value['value'];
  if (typeof code !== 'string') return;
  if (!('code' in value) && contactSystems.has(text(value['system']) ?? '')) return emitContact(code, emit);
  emitPair(text(value['system']), code, emit);
  for (const type of list(isJsonObject(value['type']) ? value['type']['coding'] : undefined)) emitOfType(type, code, emit);
}

/** A way to reach somebody has no system in the sense of a code; spaces in a number do not matter. */
function emitContact(value: string, emit: Emit): void {
  for (const form of new Set([value, contactForm(value)])) emitPair(undefined, form, emit);
}

export function contactForm(value: string): string {
  return value.replaceAll(/[\s()-]/g, '').toLowerCase();
}

const contactSystems: ReadonlySet<string> = new Set(['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other']);

function emitOfType(type: Json, value: string, emit: Emit): void {
  const [system, code] = isJsonObject(type) ? [text(type['system']), text(type['code'])] : [];
  if (system !== undefined && code !== undefined) emit('of-type', `${system}|${code}|${value}`);
}

function emitPair(system: string | undefined, code: string, emit: Emit, kind: TokenKind = 'token'): void {
  if (code === '') return;
  emit(kind, code);
  emit(kind, `${system ?? ''}|${code}`);
  if (system !== undefined) emit(kind, `${system}|`);
}

/** What stands beside a code: the text of a concept, and what its codes are called. */
function emitWords(value: Json, emit: Emit): void {
  if (!isJsonObject(value)) return;
  const said = [value['text'], ...list(value['coding']).map((coding) => (isJsonObject(coding) ? coding['display'] : undefined))];
  for (const phrase of new Set(said.flatMap((each) => text(each) ?? []))) for (const word of wordsOf(phrase.slice(0, maxText)).slice(0, wordLengths.words)) emitBeginnings(word, emit);
}

/** A word of fewer letters is found as it is. */
function emitBeginnings(word: string, emit: Emit): void {
  for (let length = Math.min(wordLengths.least, word.length); length <= Math.min(word.length, wordLengths.most); length += 1) emit('word', word.slice(0, length));
}

/** The systems of codes whose element does not say them, by value set. */
const systems = new Map<string, ReadonlyMap<string, string>>();

export function systemOf(binding: string, code: string): string | undefined {
  const known = systems.get(binding) ?? new Map([...(knownTerminology().codesOf(binding)?.pairs ?? [])].map((pair) => [pair.slice(pair.lastIndexOf('|') + 1), pair.slice(0, pair.lastIndexOf('|'))]));
  systems.set(binding, known);
  return known.get(code);
}

function emitReference({ targets, canonical }: Extract<SearchParameterRow, { kind: 'reference' }>, value: Json, emit: Emit): void {
  if (canonical) return emitUri(value, emit);
  if (!isJsonObject(value)) return;
  const literal = text(value['reference'])?.split('/_history/')[0];
  const parts = literal === undefined ? undefined : /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(literal);
  const type = parts?.[1] ?? text(value['type']);
  if (type !== undefined && !targets.includes(type)) return;
  if (literal && !literal.startsWith('#')) emit('reference', literal);
  if (parts?.[2]) emit('reference', parts[2]);
  const identifier = value['identifier'];
  if (isJsonObject(identifier) && typeof identifier['value'] === 'string') emitPair(text(identifier['system']), identifier['value'], emit, 'identifier');
}

/** As written, a canonical without its version too, and every address it lies below of. */
function emitUri(value: Json, emit: Emit): void {
  if (typeof value !== 'string' || value === '') return;
  for (const form of new Set([value, value.split('|')[0] ?? value])) emit('uri', form);
  for (const above of addressesAbove(value)) emit('below', above);
}

/** Where an address or a name in a hierarchy is cut: `http://a/b/c` lies below `http://a/b` and `http://a`. */
export function addressesAbove(value: string): string[] {
  const cuts = [...value.matchAll(/(?<![:/])[/#]/g)].map(({ index }) => index).filter((at) => at > 0);
  return cuts.slice(-20).map((at) => value.slice(0, at));
}

/** A string, or a HumanName or Address with all its parts. */
function emitText({ sounds, contains, covers = {} }: Extract<SearchParameterRow, { kind: 'string' }>, value: Json, emit: Emit): void {
  const emitOne = sounds ? emitSounds : contains ? emitName : emitPhrase;
  if (typeof value === 'string') return emitOne(value, emit);
  if (!isJsonObject(value)) return;
  const part = (name: string) => list(value[name]).filter((item) => typeof item === 'string');
  for (const name of textParts.filter((each) => !Object.hasOwn(covers, each))) for (const phrase of part(name)) emitOne(phrase, emit);
  if (sounds) return;
  const given = part('given').join(' ');
  const family = part('family').join(' ');
  if (given && family) for (const whole of [`${given} ${family}`, `${family} ${given}`]) emitPrefixes(normaliseText(whole), emit);
}

const textParts = ['text', 'prefix', 'given', 'family', 'suffix', 'line', 'city', 'district', 'state', 'postalCode', 'country'];

function emitSounds(phrase: string, emit: Emit): void {
  for (const word of wordsOf(phrase.slice(0, maxText))) emit('sound', soundOf(word));
}

function emitPhrase(phrase: string, emit: Emit): void {
  const looked = phrase.slice(0, maxText);
  emit('exact', looked);
  emitPrefixes(normaliseText(looked), emit);
  const words = wordsOf(looked);
  if (words.length > 1) for (const word of words) emitPrefixes(word, emit);
}

/** What can be found by any part of it as well. */
function emitName(phrase: string, emit: Emit): void {
  emitPhrase(phrase, emit);
  const normal = normaliseText(phrase.slice(0, maxText)).slice(0, partLengths.within);
  for (let from = 0; from + partLengths.least <= normal.length; from += 1) {
    for (let to = from + partLengths.least; to <= Math.min(normal.length, from + partLengths.most); to += 1) emit('part', normal.slice(from, to));
  }
}

function emitPrefixes(normal: string, emit: Emit): void {
  for (let length = 1; length <= Math.min(normal.length, maxPrefix); length += 1) emit('prefix', normal.slice(0, length));
}

function list(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
