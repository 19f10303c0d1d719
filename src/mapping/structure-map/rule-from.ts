import type { JsonObject } from '../../fhir/json.ts';
import type { CallSyntax, Expression, RuleSyntax, SourceSyntax, TargetSyntax, TransformSyntax } from '../map-syntax.ts';
import { listOf, textOf } from './members.ts';
import { automaticName, defaultExtension, expressionExtension, joinPath, simpleVariable } from './vocabulary.ts';

/** One rule as StructureMap.group.rule of R4. `text` is the text of the map, from which expressions are taken as they stand. */
export function ruleFrom(rule: RuleSyntax, text: string): JsonObject {
  const [source] = rule.sources;
  return {
    name: rule.name ?? automaticName(source?.context ?? '', source && elementFrom(source.path)),
    source: rule.sources.map((each) => sourceFrom(each, text)),
    ...listOf('target', rule.targets.map((each) => targetFrom(each, rule, text))),
    ...listOf('rule', (rule.block ?? []).map((inner) => ruleFrom(inner, text))),
    ...listOf('dependent', rule.calls.map((call) => callFrom(call, text))),
    ...textOf('documentation', rule.documentation),
  };
}

function elementFrom(path: string[]): string | undefined {
  return path.length === 0 ? undefined : joinPath(path);
}

function sourceFrom(source: SourceSyntax, text: string): JsonObject {
  const { min, max } = source;
  const clause = (name: string, expression: Expression | undefined): JsonObject => textOf(name, expression && expressionFrom(expression, text));
  return {
    ...defaultFrom(source.defaultValue, text),
    context: source.context,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max: max === Infinity ? '*' : String(max) }),
    ...textOf('type', source.type),
    ...textOf('element', elementFrom(source.path)),
    ...textOf('listMode', source.listMode),
    ...textOf('variable', source.alias),
    ...clause('condition', source.where),
    ...clause('check', source.check),
    ...clause('logMessage', source.log),
  };
}

function defaultFrom(value: Expression | undefined, text: string): JsonObject {
  if (!value) return {};
  if (value.kind === 'literal' && typeof value.value === 'string') return { defaultValueString: value.value };
  if (value.kind === 'literal' && typeof value.value === 'boolean') return { defaultValueBoolean: value.value };
  return { extension: [{ url: defaultExtension, valueString: expressionFrom(value, text) }] };
}

function targetFrom(target: TargetSyntax, rule: RuleSyntax, text: string): JsonObject {
  const mode = target.share === undefined ? target.listMode : 'share';
  return {
    ...(target.context === undefined ? {} : { context: target.context, contextType: 'variable' }),
    ...textOf('element', elementFrom(target.path)),
    ...textOf('variable', target.alias),
    // R4 calls it collate
    ...(mode === undefined ? {} : { listMode: [mode === 'single' ? 'collate' : mode] }),
    ...textOf('listRuleId', target.share),
    ...(target.transform ? transformFrom(target.transform, text) : {}),
    ...(isSimple(target, rule) ? { variable: simpleVariable, transform: 'create' } : {}),
  };
}

/** `src.a -> tgt.b` and nothing else is, in JSON, a `create` without a type. */
function isSimple(target: TargetSyntax, rule: RuleSyntax): boolean {
  const isBare = rule.sources.length === 1 && rule.targets.length === 1 && rule.calls.length === 0 && rule.block === undefined;
  return isBare && target.path.length > 0 && !target.transform && target.alias === undefined;
}

function transformFrom(transform: TransformSyntax, text: string): JsonObject {
  if (transform.kind === 'call') {
    const { name, args } = transform.call;
    const [first, second] = args;
    if (name === 'copy' && first && !second) return valueFrom(first, text);
    if (name === 'evaluate' && first && !second) return { transform: 'evaluate', parameter: [{ valueString: expressionFrom(first, text) }] };
    if (name === 'evaluate' && first && second) return { transform: 'evaluate', parameter: [parameterFrom(first, text), { valueString: expressionFrom(second, text) }] };
    return { transform: name, ...listOf('parameter', args.map((argument) => parameterFrom(argument, text))) };
  }
  return valueFrom(transform.expression, text);
}

function valueFrom(expression: Expression, text: string): JsonObject {
  if (expression.kind === 'literal' || isName(expression)) return { transform: 'copy', parameter: [parameterFrom(expression, text)] };
  return { transform: 'evaluate', parameter: [{ valueString: expressionFrom(expression, text) }] };
}

function isName(expression: Expression): expression is Extract<Expression, { kind: 'member' }> {
  return expression.kind === 'member' && !expression.target;
}

const markedAsExpression = { extension: [{ url: expressionExtension, valueBoolean: true }] };

function parameterFrom(argument: Expression, text: string): JsonObject {
  if (isName(argument)) return { valueId: argument.name };
  if (argument.kind !== 'literal') return { valueString: expressionFrom(argument, text), _valueString: markedAsExpression };
  const { value } = argument;
  if (typeof value === 'string') return { valueString: value };
  if (typeof value === 'boolean') return { valueBoolean: value };
  return Number.isInteger(value) ? { valueInteger: value } : { valueDecimal: value };
}

function callFrom({ name, args }: CallSyntax, text: string): JsonObject {
  const variable = args.map((argument) => (isName(argument) ? argument.name : expressionFrom(argument, text)));
  const isPlain = args.every(isName);
  return { name, ...listOf('variable', variable), ...(isPlain ? {} : { _variable: args.map((argument) => (isName(argument) ? null : markedAsExpression)) }) };
}

/** The text of an expression, without the brackets around it. */
export function expressionFrom(expression: Expression, text: string): string {
  return expression.kind === 'brackets' ? expressionFrom(expression.inner, text) : text.slice(expression.at, expression.end);
}
