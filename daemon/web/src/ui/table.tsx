import {
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
} from "@tanstack/react-table";
import { Fragment, useMemo, type ReactNode } from "react";
import { useSome } from "./some";

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });
export type Columns<T extends RowData> = ColumnDef<typeof features, T, unknown>[];

/** A column; `className` of its cells says how it behaves when the page is narrow. */
export type Col<T> = {
  id: string;
  title: string;
  cell: (row: T) => ReactNode;
  sort?: (row: T) => string | number | null;
  className?: string;
};

const toColumns = <T extends RowData>(columns: Col<T>[]): Columns<T> =>
  columns.map((column) => ({
    id: column.id,
    header: column.title,
    accessorFn: (row: T) => column.sort?.(row) ?? null,
    enableSorting: column.sort !== undefined,
    sortUndefined: "last" as const,
    cell: ({ row }: { row: { original: T } }) => column.cell(row.original),
  }));

/** A table whose columns sort by their heads. Rows keep the order that they come in until somebody asks for another. */
export function DataTable<T extends RowData>({
  rows,
  columns,
  rowKey,
  label,
  below,
}: {
  rows: T[];
  columns: Col<T>[];
  rowKey: (row: T) => string;
  label: string;
  below?: (row: T) => ReactNode;
}) {
  const definitions = useMemo(() => toColumns(columns), [columns]);
  const table = useTable({ features, data: rows, columns: definitions, getRowId: rowKey });
  const classes = new Map(columns.map((column) => [column.id, column.className]));
  const { shown, more } = useSome(table.getRowModel().rows);
  return (
    <>
      <table className="data" aria-label={label}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    className={classes.get(header.column.id)}
                    {...(sorted ? { "aria-sort": sorted === "asc" ? ("ascending" as const) : ("descending" as const) } : {})}
                  >
                    {header.column.getCanSort() ? (
                      <button type="button" className="sort" onClick={header.column.getToggleSortingHandler()}>
                        {String(header.column.columnDef.header)}
                        <span aria-hidden="true">{sorted === "asc" ? "↑" : sorted === "desc" ? "↓" : ""}</span>
                      </button>
                    ) : (
                      String(header.column.columnDef.header)
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {shown.map((row) => (
            <Fragment key={row.id}>
              <tr>
                {row.getAllCells().map((cell) => (
                  <td
                    key={cell.id}
                    className={classes.get(cell.column.id)}
                    data-title={columns.find((column) => column.id === cell.column.id)?.title}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
              {below?.(row.original)}
            </Fragment>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}
