/** Products of the dihedral group of order 10, and the permutation of a digit by its place from the right. */
const product = [
  '0123456789', '1234067895', '2340178956', '3401289567', '4012395678', '5987604321', '6598710432', '7659821043', '8765932104', '9876543210',
];
const permutation = ['0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258'];

/** A SNOMED CT concept id: 6 to 18 digits, the partition identifier of a concept (00 or 10), Verhoeff check digit. */
export function isSnomedCode(code: string): boolean {
  if (!/^[1-9]\d{5,17}$/.test(code) || !/[01]0\d$/.test(code)) return false;
  let check = 0;
  for (const [place, digit] of [...code].reverse().entries()) check = Number(product[check]?.[Number(permutation[place % 8]?.[Number(digit)])]);
  return check === 0;
}
