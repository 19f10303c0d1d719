/** Where the people of the demo live and which practices they are registered with. All of it is made up. */

/** Roads that are on no map; the district gives the first half of the postcode. */
export const roads: readonly { road: string; area: string; district: string }[] = [
  { road: 'EXAMPLE ROAD', area: 'MOSELEY', district: 'B13' },
  { road: 'SAMPLE STREET', area: 'SPARKBROOK', district: 'B11' },
  { road: 'OLD KILN WALK', area: 'HANDSWORTH', district: 'B21' },
  { road: 'BUTTON MAKERS ROW', area: 'HOCKLEY', district: 'B18' },
  { road: 'PENNIB LANE', area: 'LADYWOOD', district: 'B16' },
  { road: 'LOCKKEEPER CROFT', area: 'ASTON', district: 'B6' },
  { road: 'WHISTLE HILL', area: 'ERDINGTON', district: 'B23' },
  { road: 'NARROWBOAT CLOSE', area: 'KINGS NORTON', district: 'B38' },
  { road: 'COCOA GROVE', area: 'BOURNVILLE', district: 'B30' },
  { road: 'BRASSFOUNDER STREET', area: 'SALTLEY', district: 'B8' },
  { road: 'BALTI MEWS', area: 'SMALL HEATH', district: 'B10' },
  { road: 'SEVEN WELLS LANE', area: 'NORTHFIELD', district: 'B31' },
  { road: 'MAGPIE COPSE', area: 'SELLY OAK', district: 'B29' },
  { road: 'LINNET TERRACE', area: 'YARDLEY', district: 'B25' },
  { road: 'FOUNDLING AVENUE', area: 'KINGSTANDING', district: 'B44' },
  { road: 'TEASEL DRIVE', area: 'SUTTON COLDFIELD', district: 'B74' },
  { road: 'CARTWHEEL YARD', area: 'LOZELLS', district: 'B19' },
  { road: 'GLOWORM PATH', area: 'HALL GREEN', district: 'B28' },
];

/** Every inward code ends in XX: plainly an example, and no real street's. */
export const inwardCodes: readonly string[] = ['0XX', '1XX', '2XX', '3XX', '4XX', '5XX', '6XX', '7XX', '8XX', '9XX'];

export interface Practice {
  name: string;
  code: string;
  doctor: { code: string; family: string; given: string };
}

/** Invented practices; the codes past the first two are in no published list of the area's practices. */
export const practices = [
  { name: 'THE EXAMPLE PRACTICE', code: 'M85001', doctor: { code: 'G9999981', family: 'Bhogal', given: 'Nirmal' } },
  { name: 'CANALSIDE EXAMPLE SURGERY', code: 'M85002', doctor: { code: 'G9999982', family: 'Whitcombe', given: 'Ruth' } },
  { name: 'BUTTON FACTORY MEDICAL CENTRE', code: 'M85903', doctor: { code: 'G9999983', family: 'Hussain', given: 'Adeel' } },
  { name: 'COCOA GROVE HEALTH CENTRE', code: 'M85904', doctor: { code: 'G9999984', family: 'Beckford', given: 'Andrea' } },
  { name: 'WHISTLE HILL PRACTICE', code: 'M85905', doctor: { code: 'G9999985', family: 'Kinsella', given: 'Orla' } },
  { name: 'SEVEN WELLS SURGERY', code: 'M85906', doctor: { code: 'G9999986', family: 'Gill', given: 'Harpal' } },
] as const satisfies readonly Practice[];
