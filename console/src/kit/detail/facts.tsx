import type { ReactNode } from 'react';
import { Nothing } from '../marks/severity.tsx';
import styles from './detail.module.css';

export type Fact = readonly [label: string, value: ReactNode, meaning?: string];

/** Names and values. What is null says so. */
export const Facts = ({ of, columns }: { readonly of: readonly Fact[]; readonly columns?: 1 }) => (
  <dl className={styles['facts']} data-columns={columns}>
    {of.map(([label, value, meaning]) => (
      <div key={label} className={styles['fact']}>
        <dt>
          {meaning === undefined ? (
            label
          ) : (
            <span className="explained" title={meaning}>
              {label}
            </span>
          )}
        </dt>
        <dd>{value === null || value === undefined || value === '' ? <Nothing /> : value}</dd>
      </div>
    ))}
  </dl>
);

export const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className={styles['section']} aria-label={title}>
    <h2>{title}</h2>
    {children}
  </section>
);

export const Prose = ({ text }: { readonly text: string | null }) =>
  text === null || text === '' ? null : <p className={styles['prose']}>{text}</p>;
