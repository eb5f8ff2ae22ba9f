import { editPoam, type PoamDetail, poamKey } from '../../api/poams.ts';
import { When } from '../../kit/marks/when.tsx';
import { useMay } from '../../shell/use-session.ts';
import { CollisionPanel } from './collision-panel.tsx';
import { FieldRow } from './field-row.tsx';
import styles from './poam.module.css';
import { useEdit } from './use-edit.ts';
import { fieldOrder } from './words.ts';

const placeOf = (field: string): number => {
  const place = fieldOrder.indexOf(field);
  return place < 0 ? fieldOrder.length : place;
};

const Where = ({ of }: { readonly of: PoamDetail['remotes'] }) =>
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

/** Every field here and there, who decides, who changed it last. */
export const BothSides = ({ detail }: { readonly detail: PoamDetail }) => {
  const mayEdit = useMay('poam:write');
  const { poamId } = detail.poam;
  const { save, collision, dropCollision } = useEdit({
    queryKey: poamKey(poamId),
    also: [['list', 'poams']],
    save: (edit, etag) => editPoam(poamId, edit, etag),
  });
  const fields = detail.fields.toSorted((one, other) => placeOf(one.field) - placeOf(other.field));
  const there = detail.remotes.map(({ connection }) => connection).join(', ');
  return (
    <>
      <Where of={detail.remotes} />
      {collision ? (
        <CollisionPanel
          of={collision}
          onKeepMine={() => void save(collision.field, collision.mine)}
          onDrop={dropCollision}
        />
      ) : null}
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
            <th scope="col">There{there === '' ? '' : ` (${there})`}</th>
            <th scope="col">Agreement</th>
            <th scope="col">Who decides</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <FieldRow
              key={field.field}
              field={field}
              record={detail.poam.agreement}
              mayEdit={mayEdit}
              onSave={(value) => save(field.field, value)}
            />
          ))}
        </tbody>
      </table>
    </>
  );
};
