/** The fields of a record here and there, who decides, who changed each last; of whatever kind the record is. */
import type { FieldValue, FieldView, PoamDetail } from '../../api/poams.ts';
import type { Agreement } from '../../kit/marks/agreement.tsx';
import { When } from '../../kit/marks/when.tsx';
import { FieldRow } from './field-row.tsx';
import styles from './poam.module.css';

export const FieldsTable = ({
  fields,
  record = 'sending',
  onSave,
}: {
  readonly fields: readonly FieldView[];
  /** How the whole record stands, where that is known. */
  readonly record?: Agreement;
  /** Absent: it is only read. */
  readonly onSave?: ((field: string, value: FieldValue) => Promise<boolean>) | undefined;
}) => {
  const there = [...new Set(fields.flatMap(({ sides }) => sides.map(({ connection }) => connection)))];
  return (
    <table className={styles['fields']}>
      <colgroup>
        <col className={styles['name']} />
        <col />
        <col />
        <col className={styles['agreement']} />
        <col className={styles['policy']} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Here</th>
          <th scope="col">There{there.length === 0 ? '' : ` (${there.join(', ')})`}</th>
          <th scope="col">Agreement</th>
          <th scope="col">Who decides</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <FieldRow
            key={field.field}
            field={field}
            record={record}
            mayEdit={onSave !== undefined}
            onSave={(value) => onSave?.(field.field, value) ?? Promise.resolve(false)}
          />
        ))}
      </tbody>
    </table>
  );
};

/** Where a record is beside here. */
export const Where = ({ of }: { readonly of: PoamDetail['remotes'] }) =>
  of.length === 0 ? (
    <p className="quiet">It is not in the GRC system yet: what is in it exists here only.</p>
  ) : (
    <p className="quiet">
      {of.map((remote) => (
        <span key={remote.connection}>
          In {remote.connection} as <span className="mono">{remote.externalId}</span>, last compared{' '}
          <When at={remote.confirmedAt} />
          {remote.missingSince === null ? '. ' : ', and missing there since '}
          {remote.missingSince === null ? null : <When at={remote.missingSince} />}
        </span>
      ))}
    </p>
  );
