/** How a record stands between both sides: the product's own signs (console.md f.2). */
import styles from './marks.module.css';

export type Agreement =
  | 'conflict'
  | 'refused'
  | 'unclear'
  | 'approval'
  | 'sending'
  | 'received'
  | 'unlinked'
  | 'agreed';

const signs: Record<Agreement, { sign: string; word: string; tone: string; meaning: string }> = {
  agreed: { sign: '✓', word: 'Agreed', tone: 'quiet', meaning: 'Both sides have the same values.' },
  sending: {
    sign: '↑',
    word: 'Waits to go out',
    tone: '',
    meaning: 'A change made here is sent with the next sync.',
  },
  received: { sign: '↓', word: 'Came in', tone: '', meaning: 'A change from the other side was taken over.' },
  approval: {
    sign: '⏸',
    word: 'Waits for approval',
    tone: 'attention',
    meaning: 'A change is not sent before somebody approves it.',
  },
  conflict: {
    sign: '≠',
    word: 'Conflict',
    tone: 'bad',
    meaning: 'Both sides changed the same field. A person decides.',
  },
  refused: { sign: '!', word: 'Refused', tone: 'bad', meaning: 'The other side refused a change.' },
  unclear: {
    sign: '?',
    word: 'Outcome unclear',
    tone: 'attention',
    meaning: 'A change was sent, and no answer came. It is looked up before anything is sent again.',
  },
  unlinked: {
    sign: '∅',
    word: 'Not linked',
    tone: 'quiet',
    meaning: 'The other side has no record that belongs to this one yet.',
  },
};

export const agreementWord = (of: Agreement): string => signs[of].word;

export const AgreementMark = ({ of, word }: { readonly of: Agreement; readonly word?: string }) => {
  const known = signs[of];
  return (
    <span className={`${styles['sign']} ${known.tone}`} title={known.meaning}>
      <span aria-hidden="true" style={known.tone === '' ? { color: 'var(--link)' } : undefined}>
        {known.sign}
      </span>
      <span>{word ?? known.word}</span>
    </span>
  );
};
