/** How FHIRPath and the mapping language name a member below others: a name that is no plain word stands in backticks. */
export function fieldPath(path: string, name: string): string {
  const step = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replace(/[`\\]/g, '\\$&').replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, escaped)}\``;
  return path === '' ? step : `${path}.${step}`;
}

/** What would end a line of the map it is written into. */
function escaped(mark: string): string {
  return `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
