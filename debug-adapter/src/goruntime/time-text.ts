// The text of a moment in a time zone.
// Must stay true: RFC 3339, as Go's time.Time prints it there.

/** RFC 3339 in a time zone; what that is is asked of the host, as Delve does. */
function timeText(unix: number, zone: string): string {
  let offset = 0;
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone || 'UTC', timeZoneName: 'longOffset' }).formatToParts(unix * 1000);
    const [, sign, hours, minutes = '0', seconds = '0'] = /GMT([+-])(\d+):?(\d+)?:?(\d+)?/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') ?? [];
    if (sign) offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  } catch { /* no such zone here */ }
  const text = new Date((unix + offset) * 1000).toISOString().replace(/\.\d+Z$/, ''), minutes = Math.trunc(Math.abs(offset) / 60), two = (n: number): string => String(n).padStart(2, '0');
  return text + (minutes === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`);
}

/** A time.Time by its two words, with the monotonic clock's reading if it has one. */
export function momentText(wall: bigint, ext: bigint, zone: string): string {
  const monotonic = ((wall >> 63n) & 1n) === 1n;
  const seconds = monotonic ? ((wall << 1n) & 0xffff_ffff_ffff_ffffn) >> 31n : ext;
  const unix = Number(seconds) - (monotonic ? 2682288000 : 62135596800);
  if (Math.abs(unix) > 1e11) return '';
  const text = timeText(unix, zone);
  return monotonic ? `${text}, ${ext < 0n ? '' : '+'}${ext}` : text;
}
