/** How a record stands between both sides: the product's own signs. Drawn, since fonts of closed networks lack some of them. */
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
  agreed: {
    sign: 'M2 6.5 5 9.5 10 3',
    word: 'Agreed',
    tone: 'quiet',
    meaning: 'Both sides have the same values.',
  },
  sending: {
    sign: 'M6 11V1.5M2.5 5 6 1.5 9.5 5',
    word: 'Waits to go out',
    tone: '',
    meaning: 'A change made here is sent with the next sync.',
  },
  received: {
    sign: 'M6 1V10.5M2.5 7 6 10.5 9.5 7',
    word: 'Came in',
    tone: '',
    meaning: 'A change from the other side was taken over.',
  },
  approval: {
    sign: 'M4 2V10M8 2V10',
    word: 'Waits for approval',
    tone: 'attention',
    meaning: 'A change is not sent before somebody approves it.',
  },
  conflict: {
    sign: 'M2 4.2H10M2 7.8H10M8.5 1.5 3.5 10.5',
    word: 'Conflict',
    tone: 'bad',
    meaning: 'Both sides changed the same field. A person decides.',
  },
  refused: {
    sign: 'M6 1.5V7M6 9.6V10.4',
    word: 'Refused',
    tone: 'bad',
    meaning: 'The other side refused a change.',
  },
  unclear: {
    sign: 'M3.6 4.2C3.6 .8 8.4 .8 8.4 4 8.4 6 6 5.8 6 7.6M6 9.8V10.4',
    word: 'Outcome unclear',
    tone: 'attention',
    meaning: 'A change was sent, and no answer came. It is looked up before anything is sent again.',
  },
  unlinked: {
    sign: 'M6 2A4 4 0 1 0 6 10 4 4 0 1 0 6 2M2 10.5 10 1.5',
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
      <svg
        viewBox="0 0 12 12"
        width="12"
        height="12"
        aria-hidden="true"
        style={known.tone === '' ? { color: 'var(--link)' } : undefined}
      >
        <path d={known.sign} fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
      </svg>
      <span>{word ?? known.word}</span>
    </span>
  );
};
