const scope = /^(?:(?:user|system)\/(?=[^.]*\.c?r?u?d?s?$)|patient\/(?=[^.]*\.r?s?$))(\*|[A-Za-z]+)\.(c?r?u?d?s?)$/;

/**
 * Whether these scopes cover an interaction's letter (`c`, `r`, `u`, `d`, `s`) on a resource type; `*`: on all of them. A scope
 * that cannot be read gives nothing (SMART App Launch 2, scopes for requesting FHIR resources). In a patient's context there is
 * only reading; whose it is, the grant says.
 */
export function allows(scopes: readonly string[], type: string, letter: string): boolean {
  return scopes.some((text) => {
    const read = scope.exec(text);
    return read !== null && (read[1] === '*' || read[1] === type) && (read[2] ?? '').includes(letter);
  });
}
