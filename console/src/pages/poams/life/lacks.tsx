import type { PoamExplanation } from '../../../api/work/poam-life.ts';
import { fieldTitle } from '../field-row.tsx';

type Lacking = PoamExplanation['moves'][number]['lacks'];

/** What is lacking, by field, with what to do about it. */
export const LacksList = ({ of }: { readonly of: Lacking }) => (
  <ul>
    {of.map(({ field, message }) => (
      <li key={`${field} ${message}`}>
        <span className="strong">{fieldTitle(field)}</span>: {message}
      </li>
    ))}
  </ul>
);

/** The same in a dialog; nothing where nothing is lacking. */
export const Lacks = ({ of }: { readonly of: Lacking }) =>
  of.length === 0 ? null : (
    <div style={{ marginTop: 8 }}>
      <p className="attention">It lacks:</p>
      <LacksList of={of} />
    </div>
  );
