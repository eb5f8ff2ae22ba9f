import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { problemOf } from '../../api/http/problem.ts';
import { ErrorPage } from '../../shell/error-page.tsx';
import styles from './detail.module.css';

/** A part of a page with its own answer: while it waits, when it fails, when it is there. A part that fails leaves the others. */
export function Loaded<T>({
  query,
  whole = false,
  children,
}: {
  readonly query: UseQueryResult<T>;
  /** The page is nothing without it: its refusal is the page's. */
  readonly whole?: boolean;
  readonly children: (value: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending)
    return (
      <p className={styles['waiting']} role="status">
        Loading…
      </p>
    );
  if (whole) return <ErrorPage error={query.error} />;
  const problem = problemOf(query.error);
  return (
    <div className={styles['problem']} role="alert">
      <p>
        {problem.message} {problem.body.remedy} <span className="quiet mono">{problem.code}</span>
      </p>
      <Button variant="default" mt="sm" onClick={() => void query.refetch()}>
        Try again
      </Button>
    </div>
  );
}
