// Uses of tokens and denials over time, as bars: uses upwards, denials downwards, so that nobody needs the colours; and as a table.
import { useCallback, useId } from 'react';
import type { AuditChart, AuditChartStep } from '../../admin/api-types.js';
import { withQuery } from '../api.js';
import { Message } from '../components/message.js';
import { Table } from '../components/table.js';
import { now } from '../later.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { useLoaded } from '../use-loaded.js';
import { type AuditFilters, type Bucket, BUCKET_MS, chartOf } from './filters.js';

const T = texts.chart;
const WIDTH = 1000;
const HEIGHT = 130;
/** Room for the times below. */
const FOOT = 20;
/** Room for the numbers at the left. */
const SIDE = 48;

/** `filters` must keep their identity for as long as the caller is there. */
export function UsesChart({ filters }: { readonly filters: AuditFilters }) {
  const { api } = useSession();
  const load = useCallback(async () => {
    const wanted = chartOf(filters, now());
    const [from, to] = [new Date(wanted.from).toISOString(), new Date(wanted.to).toISOString()];
    const { steps } = await api.call<AuditChart>('GET', withQuery('/audit/chart', { from, to, bucket: wanted.bucket }));
    return { ...wanted, steps };
  }, [api, filters]);
  const { value, fault } = useLoaded(load);
  return (
    <section className="postern-chart" aria-label={T.title}>
      <h2>{T.title}</h2>
      <p className="postern-hint">{T.whole}</p>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {value === null ? <div className="postern-chart-room" /> : <Drawn {...value} />}
    </section>
  );
}

interface DrawnProps {
  readonly bucket: Bucket;
  readonly from: number;
  readonly to: number;
  readonly steps: readonly AuditChartStep[];
}

function Drawn({ bucket, from, to, steps }: DrawnProps) {
  const [titleId, aboutId] = [useId(), useId()];
  if (steps.length === 0) return <p className="postern-hint">{T.none}</p>;
  const [uses, denials] = [steps.reduce((sum, step) => sum + step.uses, 0), steps.reduce((sum, step) => sum + step.denials, 0)];
  const timeText = (at: number | string): string => FORMATS[bucket].format(new Date(at));
  return (
    <>
      <ul className="postern-legend">
        <li>
          <span className="postern-key postern-uses" aria-hidden="true" /> {T.uses}: {uses.toLocaleString('en-GB')}
        </li>
        <li>
          <span className="postern-key postern-denials" aria-hidden="true" /> {T.denials}: {denials.toLocaleString('en-GB')}
        </li>
      </ul>
      <svg className="postern-bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${titleId} ${aboutId}`}>
        <title id={titleId}>{T.title}</title>
        <desc id={aboutId}>{T.description(uses, denials, timeText(from), timeText(to))}</desc>
        <Bars {...{ bucket, from, to, steps, timeText }} />
      </svg>
      <details>
        <summary>{T.asTable}</summary>
        <Table
          caption={T.caption}
          columns={[
            { key: 'time', title: T.time[bucket], isHead: true, cell: ({ time }) => <time dateTime={time}>{timeText(time)}</time> },
            { key: 'uses', title: T.uses, isNumber: true, cell: (step) => step.uses },
            { key: 'denials', title: T.denials, isNumber: true, cell: (step) => step.denials },
            { key: 'permits', title: T.permits, isNumber: true, cell: (step) => step.permits },
          ]}
          rows={[...steps].reverse()}
          keyOf={({ time }) => time}
          empty={T.none}
        />
      </details>
    </>
  );
}

/** Days are counted in UTC, and so are they named. */
const FORMATS: Readonly<Record<Bucket, Intl.DateTimeFormat>> = {
  minute: new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }),
  hour: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
  day: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }),
};

function Bars({ bucket, from, to, steps, timeText }: DrawnProps & { readonly timeText: (at: number | string) => string }) {
  const stepMs = BUCKET_MS[bucket];
  const first = from - (from % stepMs);
  const count = Math.max(1, Math.floor((to - first) / stepMs) + 1);
  const width = (WIDTH - SIDE) / count;
  const [up, down] = [Math.max(...steps.map(({ uses }) => uses)), Math.max(...steps.map(({ denials }) => denials))];
  const unit = (HEIGHT - FOOT) / Math.max(1, up + down);
  const base = up * unit;
  const high = (value: number): number => (value === 0 ? 0 : Math.max(2, value * unit));
  return (
    <>
      {steps.map(({ time, uses, denials }) => {
        const x = SIDE + ((Date.parse(time) - first) / stepMs) * width;
        const wide = Math.max(1, width * 0.8);
        return (
          <g key={time}>
            <title>{T.bar(timeText(time), uses, denials)}</title>
            <rect className="postern-uses" x={x} y={base - high(uses)} width={wide} height={high(uses)} />
            <rect className="postern-denials" x={x} y={base} width={wide} height={high(denials)} />
          </g>
        );
      })}
      <line className="postern-axis" x1={SIDE} x2={WIDTH} y1={base} y2={base} />
      {up === 0 ? null : <SideText y={10} value={up} />}
      {down === 0 ? null : <SideText y={HEIGHT - FOOT} value={down} />}
      <text className="postern-tick" x={SIDE} y={HEIGHT - 4}>
        {timeText(from)}
      </text>
      <text className="postern-tick" x={WIDTH} y={HEIGHT - 4} textAnchor="end">
        {timeText(to)}
      </text>
    </>
  );
}

/** The highest value of a side. */
function SideText({ y, value }: { readonly y: number; readonly value: number }) {
  return (
    <text className="postern-tick" x={SIDE - 8} y={y} textAnchor="end">
      {value.toLocaleString('en-GB', { notation: 'compact' })}
    </text>
  );
}
