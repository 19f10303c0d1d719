import { knownTerminology } from './profiles.ts';
import { searchParameterOf } from './search-parameters.ts';
import { splitUnescaped, unescape } from './search-value.ts';

/** A parameter whose codes R4 lists, and those it may have. */
export interface UnlistedCodes {
  parameter: string;
  listed: readonly string[];
}

/** Where a search asks for a code (`gender=M`) that R4 lets no record have there: it finds nothing, and a client had better know why. Parts kept apart, chains and what stands in extensions are not looked at. */
export function unlistedCodes(type: string, params: readonly (readonly [string, string])[]): UnlistedCodes[] {
  return params.flatMap(([key, value]) => {
    const [parameter = '', modifier] = key.split(':');
    const listed = modifier === undefined || modifier === 'not' ? codesOf(type, parameter) : undefined;
    const asked = splitUnescaped(value, ',').map((each) => unescape(splitUnescaped(each, '|').at(-1) ?? ''));
    return listed && asked.some((code) => code !== '' && !listed.includes(code)) ? [{ parameter, listed }] : [];
  });
}

function codesOf(type: string, name: string): readonly string[] | undefined {
  const row = searchParameterOf(type, name);
  if (row?.kind !== 'token' || row.extension !== undefined || row.where !== undefined) return undefined;
  if (row.types.every((each) => each === 'boolean')) return ['true', 'false'];
  const codes = row.types.every((each) => each === 'code') && row.binding !== undefined ? knownTerminology().codesOf(row.binding)?.codes : undefined;
  return codes && codes.size > 0 ? [...codes] : undefined;
}
