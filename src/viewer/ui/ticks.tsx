import { Unbroken } from './unbroken.tsx';

/** Boxes that are ticked from the beginning; what is unticked is told. */
export function Ticks({ legend, hint, options, unticked, onUnticked }: { legend: string; hint: string; options: readonly (readonly [value: string, label: string])[]; unticked: readonly string[]; onUnticked: (unticked: readonly string[]) => void }) {
  return (
    <fieldset className="os-ticks">
      <legend>{legend}</legend>
      <p className="os-quiet">{hint}</p>
      {options.map(([value, label]) => (
        <p className="os-sure" key={value}>
          <input type="checkbox" id={`tick-${value}`} checked={!unticked.includes(value)} onChange={({ currentTarget }) => { onUnticked(currentTarget.checked ? unticked.filter((each) => each !== value) : [...unticked, value]); }} /> <label htmlFor={`tick-${value}`}><Unbroken text={label} /></label>
        </p>
      ))}
    </fieldset>
  );
}
