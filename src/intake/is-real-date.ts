/** Whether the calendar has this day (Gregorian, years 1800 to 9999; 31 December 9999 is used as "no end"). */
export function isRealDate(year: number, month: number, day: number): boolean {
  if (year < 1800 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
