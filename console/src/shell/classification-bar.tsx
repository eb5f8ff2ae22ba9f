import styles from './shell.module.css';

/** Colours of the markings (console.md f.2); black text on the two light ones, where white would fail. The longest name first. */
const colours: readonly (readonly [begins: string, background: string, text: string])[] = [
  ['TOP SECRET//SCI', '#fce83a', '#000'],
  ['TS/SCI', '#fce83a', '#000'],
  ['TS//SCI', '#fce83a', '#000'],
  ['TOP SECRET', '#ff8c00', '#000'],
  ['SECRET', '#c8102e', '#fff'],
  ['CONFIDENTIAL', '#0033a0', '#fff'],
  ['CUI', '#502b85', '#fff'],
  ['UNCLASSIFIED', '#007a33', '#fff'],
];

/** The marking, top and bottom, also on paper. */
export const ClassificationBar = ({ of }: { readonly of: { readonly text: string } | null | undefined }) => {
  if (!of || of.text === '') return null;
  const [, background, color] = colours.find(([begins]) => of.text.toUpperCase().startsWith(begins)) ?? [
    '',
    '#343a40',
    '#fff',
  ];
  return (
    <div
      className={styles['classification']}
      style={{ background, color }}
      role="note"
      aria-label="Classification"
    >
      {of.text}
    </div>
  );
};
