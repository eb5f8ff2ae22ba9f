import { Button, Modal } from '@mantine/core';
import styles from './error-page.module.css';

/** The warning before the end of a session that nobody uses. */
export const IdleDialog = ({
  left,
  onStay,
  onLeave,
}: {
  /** Seconds. */
  readonly left: number;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}) => {
  return (
    <Modal opened onClose={onStay} withCloseButton={false} title="Are you still there?" role="alertdialog">
      <p>
        Nobody has used this session for a while. It ends in{' '}
        <strong>{left > 10 ? `${Math.ceil(left / 10) * 10} seconds` : `${left} s`}</strong>. What you have
        typed and not saved is lost then.
      </p>
      <p className="hidden-text" role="status">
        {left > 45 ? 'The session ends in one minute.' : left <= 15 ? 'The session ends in 15 seconds.' : ''}
      </p>
      <div className={styles['actions']}>
        <Button onClick={onStay} data-autofocus>
          Stay
        </Button>
        <Button variant="default" onClick={onLeave}>
          Sign out
        </Button>
      </div>
    </Modal>
  );
};
