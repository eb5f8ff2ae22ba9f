/** Undo of an operation: what it would set back and what it would leave, before it is done. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { type OperationDetail, type Undo, undoOperation, undoQuery } from '../../api/operations.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { AnyValue } from '../../kit/marks/values.tsx';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { EntityLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { fieldTitle } from '../poams/field-row.tsx';

const mostShown = 50;

const SetBack = ({ fields }: Pick<Undo, 'fields'>) => (
  <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="What is set back, to scroll">
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Record</th>
          <th scope="col">Field</th>
          <th scope="col">Now</th>
          <th scope="col">Then</th>
        </tr>
      </thead>
      <tbody>
        {fields.slice(0, mostShown).map(({ entity, entityId, field, before, after, note }) => (
          <tr key={`${entity} ${entityId} ${field}`}>
            <td>
              <EntityLink entity={entity} id={entityId}>
                {entityId}
              </EntityLink>
            </td>
            <td>{fieldTitle(field)}</td>
            <td>
              <AnyValue of={before} />
            </td>
            <td>
              <AnyValue of={after} />
              {note === undefined ? null : <div className="quiet">{note}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {fields.length > mostShown ? <p className="quiet">{fields.length - mostShown} more.</p> : null}
  </div>
);

const Left = ({ refused }: Pick<Undo, 'refused'>) =>
  refused.length === 0 ? null : (
    <details style={{ marginTop: 8 }}>
      <summary>{refused.length} stay as they are</summary>
      <ul>
        {refused.slice(0, mostShown).map(({ entity, entityId, field, reason }) => (
          <li key={`${entity} ${entityId} ${field ?? ''}`}>
            {entityId}
            {field === null ? '' : `, ${fieldTitle(field)}`}: {reason}
          </li>
        ))}
      </ul>
      {refused.length > mostShown ? <p className="quiet">{refused.length - mostShown} more.</p> : null}
    </details>
  );

const UndoDialog = ({ of, onClose }: { readonly of: OperationDetail; readonly onClose: () => void }) => {
  const query = useQuery(undoQuery(of.operationId));
  const queryClient = useQueryClient();
  const router = useRouter();
  const send = async (reason: string): Promise<void> => {
    const { operationId, fields } = await undoOperation(of.operationId, reason, query.data?.sha256 ?? '');
    tell(`${fields.length} values were set back. The next sync sends what differs.`);
    await queryClient.invalidateQueries({ queryKey: ['operations'] });
    if (operationId !== undefined)
      await router.navigate({
        to: '/operations/$operationId/{-$tab}',
        params: { operationId, tab: undefined },
      });
  };
  return (
    <ActionDialog
      title="Undo this operation"
      verb="Undo"
      reason="required"
      size="xl"
      incomplete={!query.data || query.data.fields.length === 0}
      onRun={(reason) => send(reason ?? '')}
      onClose={onClose}
    >
      <Loaded query={query}>
        {({ fields, refused }) => (
          <>
            <p>
              {fields.length === 0
                ? 'Nothing of it can be set back.'
                : `${fields.length} values are set back here; what was changed since stays. The next sync sends them.`}
            </p>
            {fields.length === 0 ? null : <SetBack fields={fields} />}
            <Left refused={refused} />
          </>
        )}
      </Loaded>
    </ActionDialog>
  );
};

export const UndoButton = ({ of }: { readonly of: OperationDetail }) => {
  const may = useMay('sync:operate');
  const [asked, setAsked] = useState(false);
  if (!may || of.status === 'in_progress' || of.journal.total === 0) return null;
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        Undo…
      </Button>
      {asked ? <UndoDialog of={of} onClose={() => setAsked(false)} /> : null}
    </>
  );
};
