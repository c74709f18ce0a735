// A point in time as people read it here; the exact one stands in the markup.

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** `at`: ISO 8601; null is shown as `none`. */
export function Time({ at, none, isDay = false }: { readonly at: string | null; readonly none: string; readonly isDay?: boolean }) {
  if (at === null) return <span className="postern-none">{none}</span>;
  return (
    <time dateTime={at} title={at}>
      {(isDay ? DAY_FORMAT : FORMAT).format(new Date(at))}
    </time>
  );
}
