/** As GET /governance/emergency-accesses answers. */
export interface EmergencyAccess {
  reference: string;
  openedAt: string;
  openedBy: { person: string; name: string; role: string; organisation: string; organisationName: string | null };
  reason: string;
  explanation: string;
  until: string;
  live: boolean;
  daysOpen: number | null;
  reviews: { organisation: string; name: string | null; state: 'open' | 'reviewed'; outcome: string | null; note: string | null; reviewedBy: string | null; reviewedAt: string | null }[];
}

/** As GET /governance/emergency-accesses/{reference} answers. */
export interface EmergencyDetails extends EmergencyAccess {
  citizen: string | null;
  looks: { entries: { id: string; at: string; interaction: string }[]; more: boolean; records: Record<string, number> };
}
