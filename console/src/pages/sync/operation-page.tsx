import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { entityWords } from '../../kit/entities.ts';
import { capitalized } from '../../kit/titles.ts';
import { type OperationDetail, operationQuery, stopOperation } from '../../api/operations.ts';
import { statusQuery } from '../../api/sync.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Tabs } from '../../kit/detail/tabs.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { tell, tellProblem } from '../../kit/notice.tsx';
import { RecordLink, recordPath } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { UndoButton } from './undo-button.tsx';
import { Changes, Left, Steps } from './operation-parts.tsx';
import { Run } from './running.tsx';
import styles from './sync.module.css';
import { countWords, directionWords, statusOf, words } from './words.ts';

const Marks = ({ of }: { readonly of: OperationDetail }) => (
  <>
    <span className={statusOf(of).tone}>{statusOf(of).text}</span>
    <span>{of.system}</span>
    <span>
      <span className="quiet">started </span>
      <At at={of.startedAt} />
      {of.by === null ? null : <span className="quiet"> by {of.by}</span>}
    </span>
    <span>
      <span className="quiet">ended </span>
      <When at={of.completedAt} never="not yet" />
    </span>
    <span className="mono quiet">{of.operationId}</span>
  </>
);

const Stop = ({ of }: { readonly of: OperationDetail }) => {
  const may = useMay('sync:operate');
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState(false);
  if (of.status !== 'in_progress' || !may) return null;
  const stop = async (): Promise<void> => {
    setAsked(true);
    try {
      await stopOperation(of.operationId);
      tell('The run stops after its current step. It continues when it is run again.');
      await queryClient.invalidateQueries({ queryKey: ['operations', of.operationId] });
    } catch (error) {
      setAsked(false);
      tellProblem('The run was not stopped', error);
    }
  };
  return (
    <ActButton
      variant="default"
      why={asked ? 'It was asked to stop.' : undefined}
      onPress={() => void stop()}
    >
      Stop
    </ActButton>
  );
};

const Sums = ({ of }: { readonly of: OperationDetail }) => (
  <>
    {of.error === null ? null : (
      <p className="bad" role="alert">
        {of.error}
      </p>
    )}
    <p>{countWords(of)}</p>
    {of.workflowRun === null ? null : (
      <p>
        Done by{' '}
        <RecordLink kind="workflowRun" id={of.workflowRun}>
          a run of a workflow
        </RecordLink>
        .
      </p>
    )}
    <p className="quiet">
      {of.changes
        .map(
          ({ direction, entity, changes }) =>
            `${changes.toLocaleString('en')} ${entityWords(entity, changes)} ${directionWords(direction)}`,
        )
        .concat(of.calls.total === 0 ? [] : [`${of.calls.total.toLocaleString('en')} calls made`])
        .join(' · ')}
    </p>
  </>
);

/** How far a run is, while it runs. */
const Live = ({ of }: { readonly of: OperationDetail }) => {
  const { data } = useQuery({ ...statusQuery, enabled: of.status === 'in_progress' });
  const now = data?.running.find(({ operationId }) => operationId === of.operationId);
  if (!now || of.status !== 'in_progress') return null;
  return (
    <ul className={styles['running']} role="status">
      <Run of={now} withLink={false} withStop={false} />
    </ul>
  );
};

const WholePage = ({ of }: { readonly of: OperationDetail }) => {
  const { tab } = useParams({ strict: false });
  const left = of.conflicts.length + of.held.length + of.refused.length;
  const tabs = [
    { id: 'steps', title: 'Steps', count: of.steps.length },
    { id: 'changes', title: 'Changes', count: of.journal.total },
    of.cut.length === 0
      ? { id: 'left', title: 'Left for a person', count: left }
      : { id: 'left', title: 'Left for a person' },
  ];
  const current = tabs.find(({ id }) => id === tab)?.id ?? 'steps';
  return (
    <div className={detail['fill']}>
      <div className={detail['page']}>
        <DetailHead
          parent={{ to: '/sync', title: words.title }}
          title={capitalized(of.what)}
          marks={<Marks of={of} />}
          actions={
            <>
              <Stop of={of} />
              <UndoButton of={of} />
            </>
          }
        />
        <Live of={of} />
        <Sums of={of} />
        <Tabs base={recordPath('operation', of.operationId)} tabs={tabs} current={current} />
      </div>
      <div key={current} className={detail['tabBody']}>
        {current === 'changes' ? (
          <Changes operationId={of.operationId} />
        ) : current === 'left' ? (
          <Left of={of} />
        ) : (
          <Steps of={of} />
        )}
      </div>
    </div>
  );
};

export const OperationPage = () => {
  const { operationId = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(operationQuery(operationId))} whole>
      {(of) => <WholePage of={of} />}
    </Loaded>
  );
};
