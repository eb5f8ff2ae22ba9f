/** One field of a POA&M: here, there when it differs, how both stand; edited in place. */
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { ActionIcon } from '@mantine/core';
import { useState } from 'react';
import type { FieldThere, FieldValue, FieldView } from '../../api/poams.ts';
import { deciderWords } from '../../kit/decider.ts';
import { AgreementMark, type Agreement } from '../../kit/marks/agreement.tsx';
import { valueWords } from '../../kit/marks/values.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { FieldEditor } from './field-editor.tsx';
import styles from './poam.module.css';
import { fieldWords } from './words.ts';

export const fieldTitle = (field: string): string =>
  fieldWords[field] ?? field.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());

export function valueText(value: FieldValue): string {
  return valueWords(value);
}

export const Value = ({ of }: { readonly of: FieldValue }) =>
  valueText(of) === '' ? <Nothing word="empty" /> : <span className={styles['value']}>{valueText(of)}</span>;

/** A field's own sign; what waits is known of the whole record only. */
function signOf(field: FieldView, record: Agreement): Agreement | undefined {
  if (field.sides.length === 0) return undefined;
  if (field.sides.some(({ conflictId }) => conflictId !== null)) return 'conflict';
  if (!field.sides.some(({ differs }) => differs)) return 'agreed';
  return record === 'approval' || record === 'refused' || record === 'unclear' ? record : 'sending';
}

const There = ({ side }: { readonly side: FieldThere }) => (
  <div title={`Agreed last: ${valueText(side.base) || 'empty'}`}>
    {side.differs ? (
      <Value of={side.there} />
    ) : (
      <span className="quiet">
        <span aria-hidden="true">=</span>
        <span className="hidden-text">the same</span>
      </span>
    )}
  </div>
);

const Changed = ({ of }: { readonly of: FieldView['changed'] }) =>
  of === null ? null : (
    <div className={styles['changed']}>
      <When at={of.at} /> by {deciderWords(of.by)}, {of.where}
      {of.reason === null ? '' : `: ${of.reason}`}
    </div>
  );

export const FieldRow = ({
  field,
  record,
  mayEdit,
  onSave,
}: {
  readonly field: FieldView;
  readonly record: Agreement;
  readonly mayEdit: boolean;
  readonly onSave: (value: FieldValue) => Promise<boolean>;
}) => {
  const [editing, setEditing] = useState(false);
  const sign = signOf(field, record);
  const title = fieldTitle(field.field);
  return (
    <tr className={styles['field']}>
      <th scope="row">{title}</th>
      <td>
        {editing ? (
          <FieldEditor
            field={field}
            title={title}
            onCancel={() => setEditing(false)}
            onSave={async (value) => {
              if (await onSave(value)) setEditing(false);
            }}
          />
        ) : (
          <div className={styles['here']}>
            <div>
              <Value of={field.here} />
              <Changed of={field.changed} />
            </div>
            {mayEdit && field.isEditable ? (
              <ActionIcon size={24} aria-label={`Edit ${title}`} data-edit onClick={() => setEditing(true)}>
                <IconPencil size={14} />
              </ActionIcon>
            ) : null}
          </div>
        )}
      </td>
      <td>
        {field.sides.map((side) => (
          <There key={side.connection} side={side} />
        ))}
      </td>
      <td>{sign === undefined ? null : <AgreementMark of={sign} />}</td>
      <td className="quiet">
        {field.sides[0]?.policy}
        {mayEdit && !field.isEditable && field.whyNot !== null ? (
          <div className={styles['changed']}>Not edited here: {field.whyNot}</div>
        ) : null}
      </td>
    </tr>
  );
};
