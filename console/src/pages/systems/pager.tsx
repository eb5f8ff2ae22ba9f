/** Turns the pages of a list that is counted whole; nothing where one page holds it. */
import { Button } from '@mantine/core';
import styles from './system.module.css';

interface Props {
  /** Of the first row that is shown, from 0. */
  readonly offset: number;
  readonly size: number;
  readonly total: number;
  readonly onTurn: (offset: number) => void;
}

export const Pager = ({ offset, size, total, onTurn }: Props) =>
  total > size ? (
    <div className={styles['pager']}>
      <span className="quiet">
        {offset + 1} to {Math.min(offset + size, total)} of {total.toLocaleString('en')}
      </span>
      <Button variant="default" disabled={offset === 0} onClick={() => onTurn(offset - size)}>
        Before
      </Button>
      <Button variant="default" disabled={offset + size >= total} onClick={() => onTurn(offset + size)}>
        Next
      </Button>
    </div>
  ) : null;
