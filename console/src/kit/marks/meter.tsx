import styles from './marks.module.css';

/** A part of a whole as a bar; the numbers stand beside it. */
export const Meter = ({ of, all }: { readonly of: number; readonly all: number }) => (
  <span className={styles['meter']} aria-hidden="true">
    <span style={{ width: `${all === 0 ? 0 : Math.round((100 * of) / all)}%` }} />
  </span>
);
