import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { problemOf } from '../../api/http/problem.ts';
import { waysQuery } from '../../api/access/session.ts';
import { PageTitle } from '../../kit/page-title.tsx';
import { ClassificationBar } from '../../shell/classification-bar.tsx';
import styles from './sign-in.module.css';

/** A page outside of the shell: the marking, the name, one thing to do. */
export const Frame = ({
  title,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}) => {
  const ways = useQuery(waysQuery);
  return (
    <div className={styles['page']}>
      <div>
        <ClassificationBar of={ways.data?.classification} />
      </div>
      <main className={styles['centre']}>
        <div className={`${styles['card']} ${wide ? styles['wide'] : ''}`}>
          <div className={styles['brand']}>
            <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
              <rect width="32" height="32" rx="6" fill="#1257a8" />
              <path
                d="M8 11h16M8 21h16M13 11v10M19 11v10"
                stroke="#fff"
                strokeWidth="2.5"
                strokeLinecap="round"
              />
            </svg>
            <PageTitle title={title} />
          </div>
          {children}
        </div>
      </main>
      <div>
        <ClassificationBar of={ways.data?.classification} />
      </div>
    </div>
  );
};

export const Refusal = ({ error }: { readonly error: unknown }) => {
  if (error === null || error === undefined) return null;
  const problem = problemOf(error);
  return (
    <div className={styles['problem']} role="alert">
      {problem.message} {problem.body.errors?.map((fault) => fault.detail).join(' ')} {problem.body.remedy}
    </div>
  );
};
