/** One box that has to be ticked: "I have read it". */
export function Sure({ id, label, onSure }: { id: string; label: string; onSure: (sure: boolean) => void }) {
  return <p className="os-sure"><input type="checkbox" id={id} onChange={({ currentTarget }) => { onSure(currentTarget.checked); }} /> <label htmlFor={id}>{label}</label></p>;
}
