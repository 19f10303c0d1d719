import { strings } from '../strings.ts';

/** "Not there" and "not for you": one sentence, so that nobody learns from it which of the two it is. */
export function NotThere() {
  return <div className="os-not-there" data-not-there><p>{strings.find.none}</p></div>;
}
