// A table as AUI draws it. Wide ones scroll by themselves, so that the page does not.
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Stands in the head in place of the title. */
  readonly head?: ReactNode;
  /** Set: its title is a button that asks for the rows in this order. */
  readonly isSortable?: boolean;
  readonly isNumber?: boolean;
  /** The cell says what the row is about. */
  readonly isHead?: boolean;
}

/** `-created`: by that column, the last first. */
export type Order = string;

export interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Shown in place of rows. */
  readonly empty: ReactNode;
  readonly order?: Order;
  readonly onOrder?: (order: Order) => void;
}

export function Table<Row>({ caption, columns, rows, keyOf, empty, order, onOrder }: TableProps<Row>) {
  return (
    <div className="postern-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table className="aui postern-table">
        <caption className="postern-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <ColumnHead key={column.key} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ key, cell, isHead, isNumber }) =>
                isHead === true ? (
                  <th key={key} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={key} className={isNumber === true ? 'postern-number' : undefined}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
          {rows.length > 0 ? null : (
            <tr>
              <td colSpan={columns.length} className="postern-empty">
                {empty}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

interface ColumnHeadProps<Row> {
  readonly column: Column<Row>;
  readonly order: Order | undefined;
  readonly onOrder: ((order: Order) => void) | undefined;
}

function ColumnHead<Row>({ column: { key, title, head, isSortable, isNumber }, order, onOrder }: ColumnHeadProps<Row>) {
  const className = isNumber === true ? 'postern-number' : undefined;
  if (isSortable !== true || onOrder === undefined) {
    return (
      <th scope="col" className={className}>
        {head ?? title}
      </th>
    );
  }
  const direction = order === key ? 'ascending' : order === `-${key}` ? 'descending' : 'none';
  return (
    <th scope="col" className={className} aria-sort={direction}>
      <button type="button" className="postern-sort" onClick={() => onOrder(direction === 'ascending' ? `-${key}` : key)}>
        {title}
        <span aria-hidden="true">{direction === 'none' ? '' : direction === 'ascending' ? ' ▲' : ' ▼'}</span>
      </button>
    </th>
  );
}
