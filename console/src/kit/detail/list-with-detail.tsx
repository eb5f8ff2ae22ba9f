import { Outlet, useMatches, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/**
 * A list and the pages below it: the list alone, the list with a record in the drawer (`?from=list`), or the record's page alone.
 * @param param the route parameter that names the record.
 */
export const ListWithDetail = ({
  param,
  children,
}: {
  readonly param: string;
  readonly children: (open: string | undefined, drawer: ReactNode) => ReactNode;
}) => {
  const matches = useMatches();
  const { from } = useSearch({ strict: false });
  const params: Readonly<Record<string, string | undefined>> = matches.at(-1)?.params ?? {};
  const open = params[param];
  if (open !== undefined && from !== 'list') return <Outlet />;
  return children(open, open === undefined ? null : <Outlet />);
};
