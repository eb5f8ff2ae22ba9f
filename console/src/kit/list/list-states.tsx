/** What a list shows when it has no rows, and when it cannot get them. */
import { Button } from '@mantine/core';
import { problemOf } from '../../api/http/problem.ts';
import type { ListDefinition } from '../../api/lists.ts';
import { permissionWords } from '../../shell/words.ts';
import type { Search } from '../search.ts';
import { shortTitle, valueWords } from './filter-words.ts';
import styles from './list.module.css';
import type { ListState } from './list-state.ts';

/** Filters apart, there is nothing; or nothing matches, and each filter can be taken away. */
export const EmptyList = ({
  filters,
  definition,
  state,
  many,
  nothingTitle = `No ${many} yet`,
  nothingYet,
}: {
  readonly filters: Search;
  readonly definition: ListDefinition | undefined;
  readonly state: ListState;
  readonly many: string;
  readonly nothingTitle?: string | undefined;
  readonly nothingYet: string;
}) => {
  const names = Object.keys(filters);
  if (names.length === 0)
    return (
      <div className={styles['empty']}>
        <h2>{nothingTitle}</h2>
        <p>{nothingYet}</p>
      </div>
    );
  return (
    <div className={styles['empty']}>
      <h2>No {many} match</h2>
      <p>Take away what is too narrow:</p>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <Button variant="default" onClick={() => state.setFilter(name, undefined)}>
              {shortTitle(name, definition?.filters[name])}:{' '}
              {valueWords(definition?.filters[name], filters[name] ?? '')}
              &nbsp;×
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
};

/** The list keeps its last rows; this says what went wrong, which field, and what to do. */
export const ListProblem = ({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry: () => void;
}) => {
  const problem = problemOf(error);
  const { permission } = problem.body;
  const missing =
    permission === undefined
      ? undefined
      : `It needs the permission ${permission} (${permissionWords[permission as keyof typeof permissionWords] ?? 'see the administrator'}).`; // unknown names have no words
  return (
    <div className={`${styles['bar']} ${styles['problem']}`} role="alert">
      <div>
        <span className="strong">{problem.message}</span>{' '}
        {problem.body.errors?.map((fault) => (
          <span key={fault.pointer}>
            {fault.pointer.replace(/^\//, '')}: {fault.detail}{' '}
          </span>
        ))}
        {missing} {problem.body.remedy}{' '}
        <span className="quiet mono">
          {problem.code}
          {problem.body.requestId === undefined ? '' : ` · ${problem.body.requestId}`}
        </span>
      </div>
      <Button variant="default" ml="auto" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
};
