import { Button } from '@mantine/core';
import { fieldTitle, Value } from './field-row.tsx';
import styles from './poam.module.css';
import type { Collision } from './use-edit.ts';

/** Somebody changed the record meanwhile: all three values, and a choice. */
export const CollisionPanel = ({
  of,
  onKeepMine,
  onDrop,
}: {
  readonly of: Collision;
  readonly onKeepMine: () => void;
  readonly onDrop: () => void;
}) => (
  <div className={styles['moved']} role="alert">
    <p className="strong">
      This record was changed while you edited {fieldTitle(of.field)}. Nothing was saved.
    </p>
    <div className={styles['movedSides']}>
      <div>
        <div className="quiet">When you began</div>
        <Value of={of.before} />
      </div>
      <div>
        <div className="quiet">Now</div>
        <Value of={of.now} />
      </div>
      <div>
        <div className="quiet">Yours</div>
        <Value of={of.mine} />
      </div>
    </div>
    <Button onClick={onKeepMine}>Save mine</Button>{' '}
    <Button variant="default" onClick={onDrop}>
      Leave it as it is now
    </Button>
  </div>
);
