import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageTitle } from '../page-title.tsx';
import styles from './detail.module.css';

/** The head of a record's page: where it lies, its name, its marks, what may be done. */
export const DetailHead = ({
  parent,
  title,
  marks,
  actions,
}: {
  readonly parent: { readonly to: string; readonly title: string };
  readonly title: string;
  readonly marks?: ReactNode;
  readonly actions?: ReactNode;
}) => (
  <>
    <nav className={styles['crumbs']} aria-label="Where this is">
      <Link to={parent.to}>{parent.title}</Link>
      <span aria-hidden="true">/</span>
    </nav>
    <div className={styles['head']}>
      <div className={styles['headText']}>
        <PageTitle title={title} />
        {marks === undefined ? null : (
          <div className={styles['marks']} data-marks>
            {marks}
          </div>
        )}
      </div>
      <div className={styles['actions']}>{actions}</div>
    </div>
  </>
);
