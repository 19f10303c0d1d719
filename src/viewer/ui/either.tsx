/** Two views of one list, one of them chosen: buttons, because nothing leaves the page. */
export function Either<T extends string>({ label, options, chosen, onChoose }: { label: string; options: readonly (readonly [value: T, text: string])[]; chosen: T; onChoose: (value: T) => void }) {
  return (
    <div className="os-either" role="group" aria-label={label}>
      {options.map(([value, text]) => <button type="button" className="os-either__one" aria-pressed={value === chosen} onClick={() => { onChoose(value); }} key={value}>{text}</button>)}
    </div>
  );
}
