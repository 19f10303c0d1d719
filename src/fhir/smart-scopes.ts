/** A scope of SMART App Launch 2: whose context, of which type, and what may be done with it. */
export interface SmartScope {
  context: 'patient' | 'user' | 'system';
  /** a resource type, or * */
  type: string;
  /** some of cruds, in that order */
  letters: string;
}

const form = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,39})\.(c?r?u?d?s?)$/;

/** Null where the text is no such scope, or gives nothing. Scopes narrowed by a search (`?category=…`) are not known here, and so give nothing. */
export function readScope(text: string): SmartScope | null {
  const [, context, type = '', letters = ''] = form.exec(text) ?? [];
  return context === undefined || letters === '' ? null : { context: context as SmartScope['context'], type, letters };
}

/** Whether somebody registered for `allowed` may ask for this: the very scope, or less than one of them gives. */
export function coversScope(allowed: readonly string[], asked: string): boolean {
  if (allowed.includes(asked)) return true;
  const wanted = readScope(asked);
  return wanted !== null && allowed.some((each) => {
    const given = readScope(each);
    return given !== null && given.context === wanted.context && (given.type === '*' || given.type === wanted.type) && [...wanted.letters].every((letter) => given.letters.includes(letter));
  });
}
