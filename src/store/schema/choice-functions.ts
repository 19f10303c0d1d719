import { choiceEffect, permittingConsent, recordIf, type OfRecord } from './visible.ts';

const parameters = 'citizen_id uuid, class_id int, of_record uuid, known boolean, organisation text, role text, purpose text';
/** What each of them says. */
export const choiceTexts = Object.fromEntries(Object.entries({ choice_effect: choiceEffect, choice_permits: permittingConsent }).map(([name, tell]) => [name, tell(name, (column) => `${name}.${column}`, ofGiven(name))]));

export const choiceFunctionNames = Object.keys(choiceTexts).map((name) => `${name}(${parameters.replaceAll(/\w+ (\w+)/g, '$1')})`);

/** What look-ups ask of those who chose something (`rareByCall` and `byCall` in visible.ts). No role may call them: they belong to who owns the look-ups. */
export const choiceFunctions = Object.entries(choiceTexts).map(([name, text]) => `
create function ${name}(${parameters}) returns text language plpgsql stable as $$ begin
  return ${text};
end $$;`).join('');

/** Of the record a function is given, as it is now; of none, or of one that is not there, as of a class. */
function ofGiven(name: string): OfRecord {
  const found = recordIf('r', `${name}.known`, ` from citizen_row r where r.citizen_id = ${name}.citizen_id and r.id = ${name}.of_record`);
  return { ask: (condition) => `coalesce((select ${condition('t')} from ${found} t), c.effect = 'deny')`, id: `${name}.of_record`, known: `${name}.known` };
}
