import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Task, taskQuery } from '../../api/work/tasks.ts';
import { assigneeWords } from '../../kit/assignee-field.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { type Fact, Facts, Prose, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, Due } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { ChangeTaskDialog, SettleDialog } from './task-dialogs.tsx';
import { aboutKinds, aboutWords, recordName, words } from './words.ts';

const Actions = ({ of }: { readonly of: Task }) => {
  const [open, setOpen] = useState<'change' | 'settle'>();
  const isOpen = of.doneAt === null;
  return (
    <>
      {isOpen ? (
        <Button variant="default" onClick={() => setOpen('change')}>
          Assign or change…
        </Button>
      ) : null}
      <Button variant={isOpen ? 'filled' : 'default'} onClick={() => setOpen('settle')}>
        {isOpen ? 'Done…' : 'Open again…'}
      </Button>
      {open === 'change' ? <ChangeTaskDialog of={of} onClose={() => setOpen(undefined)} /> : null}
      {open === 'settle' ? (
        <SettleDialog ids={[of.id]} isDone={isOpen} onClose={() => setOpen(undefined)} />
      ) : null}
    </>
  );
};

const factsOf = (of: Task): readonly Fact[] => [
  [
    'About',
    <span key="about">
      {aboutWords[of.about]}{' '}
      <RecordLink kind={aboutKinds[of.about].link} id={of.recordId}>
        {recordName(of)}
      </RecordLink>{' '}
      {of.about === 'poam' || of.about === 'system' ? of.recordTitle : null}
    </span>,
  ],
  ['System', of.systemId],
  ['For', assigneeWords(of)],
  ['Due', <Due key="due" by={of.due} settled={of.doneAt !== null} withDay />],
  [
    'Made',
    <span key="made">
      <At at={of.madeAt} /> by {of.madeBy}
    </span>,
  ],
  ...(of.doneAt === null
    ? []
    : [
        [
          'Done',
          <span key="done">
            <At at={of.doneAt} /> by {of.doneBy}
          </span>,
        ] as const,
      ]),
];

const Body = ({ of }: { readonly of: Task }) => {
  const mayWrite = useMay('task:write');
  return (
    <div className={styles['page']}>
      <DetailHead
        parent={{ to: '/tasks', title: words.title }}
        title={of.what}
        marks={
          <>
            <span className="quiet">Task {of.id}</span>
            <span className={of.doneAt === null ? '' : 'good'}>{of.doneAt === null ? 'open' : 'done'}</span>
          </>
        }
        actions={mayWrite ? <Actions of={of} /> : null}
      />
      <Facts columns={1} of={factsOf(of)} />
      {of.note === null ? null : (
        <Section title="Note">
          <Prose text={of.note} />
        </Section>
      )}
      {of.doneNote === null ? null : (
        <Section title="What came of it">
          <Prose text={of.doneNote} />
        </Section>
      )}
    </div>
  );
};

export const TaskPage = () => {
  const { taskId = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const body = (
    <Loaded query={useQuery(taskQuery(taskId))} whole>
      {(task) => <Body of={task} />}
    </Loaded>
  );
  return from === 'list' ? (
    <Drawer title={`Task ${taskId}`} list="/tasks">
      {body}
    </Drawer>
  ) : (
    body
  );
};
