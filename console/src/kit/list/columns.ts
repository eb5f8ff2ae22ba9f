/** Which columns are shown, in what order and how wide: TanStack Table as a model of columns only. Rows are the server's business. */
import {
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  type ColumnSizingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useEffect, useMemo, useState } from 'react';
import type { ListColumn, ListSpec } from './list-spec.ts';

const features = tableFeatures({
  columnVisibilityFeature,
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
});
const noRows: readonly never[] = [];
export const checkWidth = 36;

const widthsKey = (noun: string): string => `tieline-widths-${noun}`;
function keptWidths(noun: string): ColumnSizingState {
  try {
    return JSON.parse(localStorage.getItem(widthsKey(noun)) ?? '{}') as ColumnSizingState; // our own entry
  } catch {
    return {};
  }
}

export interface ShownColumn<Row> {
  readonly column: ListColumn<Row>;
  /** Begins to change the width; takes mouse and touch. */
  readonly resize: (event: unknown) => void;
}

export const usualColumns = <Row>(spec: ListSpec<Row>): readonly string[] =>
  spec.columns.filter((column) => column.extra !== true).map((column) => column.id);

/** @param ids of the URL, in order; undefined: the usual ones. @returns the columns and the CSS grid of a row. */
export function useColumns<Row>(
  spec: ListSpec<Row>,
  ids: readonly string[] | undefined,
): {
  readonly shown: readonly ShownColumn<Row>[];
  readonly columns: readonly ListColumn<Row>[];
  readonly template: string;
  readonly width: number;
} {
  const [sizing, setSizing] = useState<ColumnSizingState>(() => keptWidths(spec.noun));
  useEffect(() => {
    if (Object.keys(sizing).length === 0) return;
    try {
      localStorage.setItem(widthsKey(spec.noun), JSON.stringify(sizing));
    } catch {
      // widths then last as long as the page
    }
  }, [sizing, spec.noun]);
  const columns = useMemo(
    () => spec.columns.map(({ id, width }) => ({ id, size: width, minSize: 48, maxSize: 800 })),
    [spec],
  );
  const order = useMemo(() => {
    const known = new Set(spec.columns.map((column) => column.id));
    return (ids ?? usualColumns(spec)).filter((id) => known.has(id));
  }, [spec, ids]);
  const listed = useMemo(
    () => order.flatMap((id) => spec.columns.filter((column) => column.id === id)),
    [spec, order],
  );
  const visibility = useMemo(
    () => Object.fromEntries(spec.columns.map(({ id }) => [id, order.includes(id)])),
    [spec, order],
  );
  const table = useTable({
    features,
    columns,
    data: noRows,
    columnResizeMode: 'onChange',
    state: { columnOrder: [...order], columnVisibility: visibility, columnSizing: sizing },
    onColumnSizingChange: setSizing,
  });
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  const widths = headers.map((header) => header.getSize());
  const shown = headers.flatMap((header) => {
    const column = spec.columns.find(({ id }) => id === header.column.id);
    return column ? [{ column, resize: header.getResizeHandler() }] : [];
  });
  return {
    shown,
    columns: listed,
    template: `${checkWidth}px ${widths.map((width) => `minmax(${width}px, ${width}fr)`).join(' ')}`,
    width: checkWidth + widths.reduce((sum, width) => sum + width, 0),
  };
}
