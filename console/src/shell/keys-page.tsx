import { Modal } from '@mantine/core';
import { useKeyGroups } from '../kit/keys.ts';
import styles from './shell.module.css';

const names: Record<string, string> = { $mod: 'Ctrl', ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };
const partsOf = (press: string): readonly string[] => press.split(/[ +]/).map((part) => names[part] ?? part);

export const KeysPage = ({ onClose }: { readonly onClose: () => void }) => {
  const groups = useKeyGroups();
  return (
    <Modal
      opened
      onClose={onClose}
      title="Keys of this page"
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {groups.map((group) => (
        <section key={group.title}>
          <h2>{group.title}</h2>
          <dl className={styles['keys']}>
            {group.keys.map((key) => (
              <div key={key.press} style={{ display: 'contents' }}>
                <dt>
                  {partsOf(key.press).map((part) => (
                    <kbd key={part}>{part}</kbd>
                  ))}
                </dt>
                <dd>{key.does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <p className="quiet">Single-letter keys can be switched off in your menu, at the top right.</p>
    </Modal>
  );
};
