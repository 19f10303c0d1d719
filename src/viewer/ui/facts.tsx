import type { ReactNode } from 'react';
import { Unbroken } from './unbroken.tsx';

/** Labelled values in a row; where a value is undefined there is no label either. */
export function Facts({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) {
  return <dl className="os-facts">{facts.flatMap(([label, value]) => (value === undefined || value === null ? [] : [<div key={label}><dt>{label}</dt><dd>{typeof value === 'string' ? <Unbroken text={value} /> : value}</dd></div>]))}</dl>;
}
