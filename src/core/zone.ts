// The machine's own time zone is kept for timetables; the process itself runs in UTC, because database drivers write vendor
// timestamps in the process's zone (design §4.2).

/** The zone the process is in: `Europe/Warsaw`. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The zone the process was started in. Sets the process to UTC. */
export function takeLocalZone(): string {
  const zone = localZone();
  process.env['TZ'] = 'UTC';
  return zone;
}
