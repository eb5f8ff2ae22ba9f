/** What a page shows instead of itself: what is missing, who can help, what to do. */
import { Button } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Problem, problemOf } from '../api/http/problem.ts';
import { ButtonLink } from '../kit/link.tsx';
import styles from './error-page.module.css';
import { permissionWords } from './words.ts';

interface Words {
  readonly title: string;
  readonly text: string;
}

function wordsOf(problem: Problem): Words {
  const { permission } = problem.body;
  const can =
    permission === undefined ? undefined : permissionWords[permission as keyof typeof permissionWords]; // unknown names have no words
  switch (problem.status) {
    case 403:
      return {
        title: 'You may not see this page',
        text: `${
          permission === undefined
            ? 'None of your roles allows it.'
            : `It needs the permission ${permission}${can === undefined ? '' : ` (${can})`}, which none of your roles gives you.`
        } An administrator can grant it.`,
      };
    case 404:
      return {
        title: 'Not found',
        text: 'There is nothing at this address, or it lies in a system that you may not see.',
      };
    case 503:
      return {
        title: 'Tieline is busy',
        text: `${problem.message} ${problem.body.remedy ?? 'Try again in a moment.'}`,
      };
    case 0:
      return {
        title: problem.code === 'UNREACHABLE' ? 'Tieline cannot be reached' : 'This page failed',
        text:
          problem.code === 'UNREACHABLE'
            ? 'Nothing answered. Check the network, or ask the operator whether the server is running.'
            : problem.message,
      };
    default:
      return { title: problem.body.title ?? 'This page failed', text: problem.message };
  }
}

export const ErrorPage = ({ error }: { readonly error: unknown }) => {
  const router = useRouter();
  const problem = problemOf(error);
  const { title, text } = wordsOf(problem);
  useEffect(() => {
    document.title = `${title} · Tieline`;
  }, [title]);
  return (
    <div className={styles['page']} role="alert">
      <h1 tabIndex={-1}>{title}</h1>
      <p>{text}</p>
      <p className="quiet mono">
        {problem.code}
        {problem.body.requestId === undefined ? '' : ` · request ${problem.body.requestId}`}
      </p>
      <div className={styles['actions']}>
        {problem.status === 403 || problem.status === 404 ? null : (
          <Button onClick={() => void router.invalidate()}>Try again</Button>
        )}
        <ButtonLink to="/" variant="default">
          Go to Home
        </ButtonLink>
      </div>
    </div>
  );
};

export const NotFoundPage = () => (
  <div className={styles['page']}>
    <h1 tabIndex={-1}>Not found</h1>
    <p>There is no page at this address. Press Ctrl K to search for a record.</p>
    <div className={styles['actions']}>
      <ButtonLink to="/" variant="default">
        Go to Home
      </ButtonLink>
    </div>
  </div>
);
