/** CodeSystem emergency-reason: why somebody needs a record that is closed to them. */
export const emergencyReasons = ['person-agrees', 'serious-harm-person', 'serious-harm-other', 'legal-duty'] as const;
export type EmergencyReason = (typeof emergencyReasons)[number];
