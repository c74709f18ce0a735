// A point in time as people read it here; the exact one stands in the markup.

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

const EXACT_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export interface TimeProps {
  /** ISO 8601; null is shown as `none`. */
  readonly at: string | null;
  readonly none: string;
  /** The day alone. */
  readonly isDay?: boolean;
  /** To the second. */
  readonly isExact?: boolean;
}

export function Time({ at, none, isDay = false, isExact = false }: TimeProps) {
  if (at === null) return <span className="postern-none">{none}</span>;
  return (
    <time dateTime={at} title={at}>
      {(isDay ? DAY_FORMAT : isExact ? EXACT_FORMAT : FORMAT).format(new Date(at))}
    </time>
  );
}
