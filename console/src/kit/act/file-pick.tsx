/** Files to be sent, by the browser's own chooser. */
export const FilePick = ({
  label,
  hint,
  many = false,
  onPick,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly many?: boolean;
  readonly onPick: (files: readonly File[]) => void;
}) => (
  <label style={{ display: 'block', marginTop: 12 }}>
    <span className="strong">{label}</span>
    {hint === undefined ? null : <span className="quiet"> {hint}</span>}
    <input
      type="file"
      multiple={many}
      style={{ display: 'block', marginTop: 4 }}
      onChange={(event) => onPick([...(event.currentTarget.files ?? [])])}
    />
  </label>
);
