import styles from './shell.module.css';

/** The marking, top and bottom, also on paper. Black on the two light colours: white would fail there. */
export const ClassificationBar = ({
  of,
}: {
  readonly of: { readonly text: string; readonly colour: string } | null | undefined;
}) => {
  if (!of) return null;
  const dark = ['#ff8c00', '#fce83a'].includes(of.colour.toLowerCase());
  return (
    <div
      className={styles['classification']}
      style={{ background: of.colour, color: dark ? '#000' : '#fff' }}
      role="note"
      aria-label="Classification"
    >
      {of.text}
    </div>
  );
};
