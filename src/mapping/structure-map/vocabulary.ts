/**
 * Names both directions share. R4 StructureMap cannot say everything the language can; what later releases gave an
 * element is carried by the extension FHIR defines for that (http://hl7.org/fhir/versions.html#extensions), and an
 * argument that is an expression by one of ours.
 */

export const constantExtension = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-StructureMap.const';
export const defaultExtension = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-StructureMap.group.rule.source.defaultValue';
/** `valueBoolean: true` on a parameter or variable: its text is FHIRPath and no literal or name */
export const expressionExtension = 'https://fhir.bicp.example/StructureDefinition/parameter-is-expression';

/** The variable the simple form `src.a -> tgt.b` has on both sides in JSON. */
export const simpleVariable = 'vvv';

const plainWord = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A name as a map's text writes it. */
export function quoteName(name: string): string {
  return plainWord.test(name) ? name : `\`${escapeText(name, '`')}\``;
}

export function quoteText(text: string, quote: "'" | '"' = "'"): string {
  return quote + escapeText(text, quote) + quote;
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\r': '\\r', '\n': '\\n', '\f': '\\f' };

function escapeText(text: string, quote: string): string {
  return text.replace(/[\\\t\r\n\f'"`]/g, (char) => escapes[char] ?? (char === quote ? `\\${char}` : char));
}

/** Names of a path; a name that holds a dot stands in backticks. */
export function splitPath(element: string): string[] {
  return element.match(/`(?:[^`\\]|\\.)*`|[^.]+/g)?.map((name) => (name.startsWith('`') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name)) ?? [];
}

export function joinPath(path: readonly string[]): string {
  return path.map((name) => (/[.`]/.test(name) ? quoteName(name) : name)).join('.');
}

/** The name a rule without one gets in JSON, where R4 demands one: what it reads. */
export function automaticName(context: string, element: string | undefined): string {
  const read = element === undefined || element === '*' ? context : (splitPath(element).at(-1) ?? context);
  return read.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 64) || 'rule';
}
