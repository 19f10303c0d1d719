import { isJsonObject } from '../../fhir/json.ts';
import { parseExpression } from '../parse-expression.ts';
import { SyntaxStop, TokenReader } from '../token-reader.ts';
import type { JsonCursor } from './json-cursor.ts';
import type { TextWriter } from './text-writer.ts';
import { automaticName, defaultExtension, expressionExtension, quoteName, quoteText, simpleVariable, splitPath } from './vocabulary.ts';

/** Writes one rule of StructureMap.group (R4 and R5) as text, with everything in it. */
export function printRule(rule: JsonCursor, writer: TextWriter): void {
  rule.only('name', 'source', 'target', 'rule', 'dependent', 'documentation');
  writer.comment(rule.text('documentation'));
  writer.startLine();
  writer.part(rule, () => {
    const sources = rule.items('source');
    if (sources.length === 0) rule.problem('A rule needs a source');
    writer.list(sources, ', ', (source) => { printSource(source, writer); });
    const targets = rule.items('target');
    if (targets.length > 0) writer.write(' -> ');
    const found = sources.length === 1 ? sources[0]?.text('variable') : undefined;
    writer.list(targets, ', ', (target) => { printTarget(target, found, writer); });
    printThen(rule, writer);
    const name = rule.text('name');
    const [first] = sources;
    if (name !== undefined && name !== automaticName(first?.text('context') ?? '', first?.text('element'))) writer.write(` ${quoteText(name, '"')}`);
    writer.write(';\n');
  });
}

function printThen(rule: JsonCursor, writer: TextWriter): void {
  const calls = rule.items('dependent');
  const rules = rule.items('rule');
  if (calls.length + rules.length > 0) writer.write(' then ');
  writer.list(calls, ', ', (call) => {
    call.only('name', 'variable', 'parameter');
    writer.write(`${quoteName(call.needed('name'))}(${argumentsOf(call).join(', ')})`);
  });
  if (rules.length === 0) return;
  writer.write(calls.length > 0 ? ' {\n' : '{\n');
  writer.block(() => { for (const inner of rules) printRule(inner, writer); });
  writer.startLine();
  writer.write('}');
}

function argumentsOf(call: JsonCursor): string[] {
  const parameters = call.items('parameter');
  if (parameters.length > 0) return parameters.map(printParameter);
  return call.items('variable').map((variable, index) => {
    if (typeof variable.value !== 'string') return variable.wrong('a text').join('');
    return isExpression(call.items('_variable')[index]) ? `(${expressionOf(variable)})` : quoteName(variable.value);
  });
}

function printPath(place: JsonCursor): string {
  const element = place.text('element');
  const names = element === undefined ? [] : splitPath(element);
  return [place.needed('context'), ...names].map((name) => (name === '*' ? name : quoteName(name))).join('.');
}

function printSource(source: JsonCursor, writer: TextWriter): void {
  source.only(...sourceMembers, ...Object.keys(isJsonObject(source.value) ? source.value : {}).filter((name) => name.startsWith('defaultValue')));
  const words = [printPath(source)];
  const type = source.text('type');
  if (type !== undefined) words.push(`: ${splitPath(type).map(quoteName).join('.')}`);
  const { value: min } = source.member('min');
  const max = source.text('max');
  if (min !== undefined && typeof min !== 'number') source.member('min').wrong('a number');
  if (min !== undefined || max !== undefined) words.push(`${typeof min === 'number' ? min : 0}..${max ?? '*'}`);
  words.push(...printDefault(source));
  const mode = source.text('listMode');
  if (mode !== undefined) words.push(mode);
  const variable = source.text('variable');
  if (variable !== undefined && variable !== simpleVariable) words.push(`as ${quoteName(variable)}`);
  for (const [clause, name] of [['where', 'condition'], ['check', 'check'], ['log', 'logMessage']] as const) {
    if (source.text(name) !== undefined) words.push(`${clause} (${expressionOf(source.member(name))})`);
  }
  writer.write(words.join(' '));
}

const sourceMembers = ['context', 'min', 'max', 'type', 'element', 'listMode', 'variable', 'condition', 'check', 'logMessage'];

/** R5 has an expression, R4 a value of any type, of which only texts, numbers and booleans can be written. */
function printDefault(source: JsonCursor): string[] {
  const carried = source.items('extension').find((extension) => extension.text('url') === defaultExtension);
  if (carried) return [`default (${expressionOf(carried.member('valueString'))})`];
  const name = Object.keys(isJsonObject(source.value) ? source.value : {}).find((each) => each.startsWith('defaultValue'));
  if (name === undefined) return [];
  const { value } = source.member(name);
  if (name === 'defaultValue') return [`default (${expressionOf(source.member(name))})`];
  if (typeof value === 'string') return [`default ${quoteText(value, '"')}`];
  if (typeof value === 'number' || typeof value === 'boolean') return [`default (${value})`];
  source.member(name).problem('A default is a text, a number or a boolean: make others in the rule');
  return [];
}

/** `found` is the variable of the rule's only source: R4's own examples copy it without saying so. */
function printTarget(target: JsonCursor, found: string | undefined, writer: TextWriter): void {
  target.only('context', 'contextType', 'element', 'variable', 'listMode', 'listRuleId', 'transform', 'parameter');
  const context = target.text('context');
  const transform = target.text('transform');
  const parameters = target.items('parameter');
  const variable = target.text('variable');
  const isSimple = transform === 'create' && parameters.length === 0 && variable === simpleVariable;
  if (target.text('contextType') === 'type') target.member('contextType').problem('The context of a target is a variable');
  const words = context === undefined ? [] : [printPath(target)];
  if (transform !== undefined && !isSimple) words.push(...(context === undefined ? [] : ['=']), printTransform(transform, parameters, found, target));
  if (variable !== undefined && !isSimple) words.push(`as ${quoteName(variable)}`);
  words.push(...printListMode(target));
  writer.write(words.join(' '));
}

function printListMode(target: JsonCursor): string[] {
  const modes = target.items('listMode');
  const [mode] = modes;
  if (!mode) return [];
  if (modes.length > 1) target.member('listMode').problem('A target has one list mode');
  if (mode.value === 'share') return [`share ${quoteName(target.needed('listRuleId'))}`];
  return [typeof mode.value === 'string' ? mode.value : mode.wrong('a text').join('')];
}

function printTransform(name: string, parameters: JsonCursor[], found: string | undefined, target: JsonCursor): string {
  const [first, second] = parameters;
  if (name === 'copy' && !first && found !== undefined) return quoteName(found);
  if (name === 'copy' && first && !second) return printParameter(first);
  if (name === 'evaluate' && first && !second) return `(${expressionOf(parameterText(first))})`;
  if (name === 'evaluate' && first && second) return `evaluate(${printParameter(first)}, ${expressionOf(parameterText(second))})`;
  if (parameters.length === 0 && (name === 'copy' || name === 'evaluate')) target.problem(`${name} needs a parameter`);
  return `${quoteName(name)}(${parameters.map(printParameter).join(', ')})`;
}

/** The text of a parameter that is an expression, whichever type it was given. */
function parameterText(parameter: JsonCursor): JsonCursor {
  return parameter.text('valueId') === undefined ? parameter.member('valueString') : parameter.member('valueId');
}

/** `valueId` names a variable; everything else is a literal, unless it is marked as an expression. */
function printParameter(parameter: JsonCursor): string {
  const [name = ''] = Object.keys(isJsonObject(parameter.value) ? parameter.value : {}).filter((each) => each.startsWith('value'));
  const { value } = parameter.member(name);
  if (name === 'valueId' && typeof value === 'string') return quoteName(value);
  if (name === 'valueString' && typeof value === 'string') return isExpression(parameter.member('_valueString')) ? `(${expressionOf(parameter.member(name))})` : quoteText(value);
  if (['valueInteger', 'valueDecimal', 'valueBoolean'].includes(name) && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (['valueDate', 'valueDateTime', 'valueTime'].includes(name) && typeof value === 'string') return expressionOf(parameter.member(name), name === 'valueTime' ? '@T' : '@');
  parameter.problem('A parameter is a valueId, valueString, valueBoolean, valueInteger, valueDecimal, valueDate, valueDateTime or valueTime');
  return "''";
}

function isExpression(place: JsonCursor | undefined): boolean {
  return place?.items('extension').some((extension) => extension.text('url') === expressionExtension && extension.member('valueBoolean').value === true) ?? false;
}

/** An expression as it stands in the resource; one that is no whole expression could break out of its place in the text. */
export function expressionOf(place: JsonCursor, prefix = ''): string {
  if (typeof place.value !== 'string') return place.wrong('a text with an expression').join('') || '{}';
  const reader = new TokenReader({ file: '', text: prefix + place.value });
  try {
    const { at, end } = parseExpression(reader);
    if (reader.problems.length === 0 && reader.peek().kind === 'end') return reader.text.slice(at, end);
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error;
  }
  place.problem('This is not a FHIRPath expression');
  return '{}';
}
