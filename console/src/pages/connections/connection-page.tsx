import { entityWords } from '../../kit/entities.ts';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  checkConnection,
  type ConnectionDetail,
  connectionQuery,
  connectionsKey,
} from '../../api/connections.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Tabs } from '../../kit/detail/tabs.tsx';
import { ButtonLink } from '../../kit/link.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { CheckLines, checkSummary } from './check-panel.tsx';
import { type Asked, ConnectionDialog } from './connection-dialogs.tsx';
import { Waiting } from './connections-page.tsx';
import styles from './connections.module.css';
import { Hangs, SettingsPart } from './settings-part.tsx';
import { TrustLadder } from './trust-ladder.tsx';
import { checkTone, healthTone, isFiles, kindWords, stateOf, words } from './words.ts';

const Marks = ({ of: { overview, title, type } }: { readonly of: ConnectionDetail }) => {
  const { text, tone } = stateOf(overview);
  return (
    <>
      <span>{title ?? type}</span>
      <span className={tone}>{text}</span>
      {overview.why === null ? null : <span className="quiet">{overview.why}</span>}
      {overview.runningOperation === null ? null : (
        <RecordLink kind="operation" id={overview.runningOperation}>
          See the run
        </RecordLink>
      )}
    </>
  );
};

const Health = ({ of }: { readonly of: ConnectionDetail }) =>
  of.health.length === 0 ? (
    <p className="quiet">No check is on record yet.</p>
  ) : (
    <table className={detailStyles['table']} style={{ maxWidth: 1000 }}>
      <thead>
        <tr>
          <th scope="col">Result</th>
          <th scope="col">What</th>
          <th scope="col">When</th>
          <th scope="col">Detail</th>
        </tr>
      </thead>
      <tbody>
        {of.health.map(({ check, status, detail, checkedAt }) => {
          const { text, tone } = checkTone[healthTone[status] ?? 'warning'];
          return (
            <tr key={check}>
              <td className={tone} style={{ whiteSpace: 'nowrap' }}>
                {text}
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>{kindWords[check] ?? check}</td>
              <td style={{ whiteSpace: 'nowrap' }}>
                <When at={checkedAt} />
              </td>
              <td>{detail ?? ''}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );

/** Checks now and shows each line; else the latest results that are kept. */
const CheckPart = ({ of, onSecrets }: { readonly of: ConnectionDetail; readonly onSecrets: () => void }) => {
  const queryClient = useQueryClient();
  const may = useMay('connection:admin');
  const check = useMutation({
    mutationFn: () => checkConnection(of.name),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: connectionsKey }),
    onError: (error) => tellProblem('The check could not be done', error),
  });
  const checks = check.data?.checks;
  const lacksSecret = checks?.some(({ kind, status }) => kind === 'authentication' && status === 'failed');
  return (
    <Section title="Health">
      {may ? (
        <p className={styles['told']}>
          <Button loading={check.isPending} onClick={() => check.mutate()}>
            Check now
          </Button>{' '}
          {lacksSecret === true ? (
            <Button variant="default" onClick={onSecrets}>
              Enter secrets again…
            </Button>
          ) : null}
        </p>
      ) : null}
      <div role="status">{checks ? <p className={styles['told']}>{checkSummary(checks)}</p> : null}</div>
      {checks ? <CheckLines of={checks} /> : <Health of={of} />}
    </Section>
  );
};

const HowItIs = ({ of }: { readonly of: ConnectionDetail }) => {
  const { overview, paused } = of;
  return (
    <Facts
      of={[
        ['Address', of.url],
        ['Added', <At key="added" at={of.addedAt} />],
        ['Last good sync', <At key="last" at={overview.lastSuccess} />],
        ['Next run', overview.nextRun === null ? null : <When key="next" at={overview.nextRun} />],
        ['Waits to go out', <Waiting key="waits" of={overview} />],
        [
          'Calls',
          overview.circuit === 'open' ? (
            <span key="circuit" className="bad">
              the last ones all failed; it is asked again after a pause
            </span>
          ) : (
            'are answered'
          ),
        ],
        ...(paused === null
          ? []
          : [['Paused', `${paused.by ?? 'somebody'}: ${paused.reason ?? 'no reason given'}`] as const]),
      ]}
    />
  );
};

const Entities = ({ of: { overview, entities } }: { readonly of: ConnectionDetail }) => {
  const readAt = new Map(overview.marks.map((mark) => [mark.entity, mark]));
  return (
    <table className={detailStyles['table']} style={{ maxWidth: 700 }}>
      <thead>
        <tr>
          <th scope="col">Records</th>
          <th scope="col">Read</th>
          <th scope="col">Sent</th>
        </tr>
      </thead>
      <tbody>
        {entities.map(({ entity, isRead, isWritten }) => (
          <tr key={entity}>
            <td>{entityWords(entity)}</td>
            <td>
              {isRead ? <When at={readAt.get(entity)?.readAt ?? null} never="not yet" /> : 'no'}
              {readAt.get(entity)?.isUnfinished === true ? ', a read is unfinished' : ''}
            </td>
            <td>{isWritten ? 'as far as it is trusted' : 'no'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const Overview = ({ of, onSecrets }: { readonly of: ConnectionDetail; readonly onSecrets: () => void }) => (
  <div className={detailStyles['tabBody']}>
    <Section title="How it is">
      <HowItIs of={of} />
    </Section>
    <CheckPart of={of} onSecrets={onSecrets} />
    <Section title="Trust">
      <TrustLadder of={of} />
    </Section>
    <Section title="What is read, and could be sent">
      <Entities of={of} />
    </Section>
    <Section title="What hangs on it">
      <Hangs of={of} />
    </Section>
  </div>
);

const Actions = ({
  of,
  onAsk,
}: {
  readonly of: ConnectionDetail;
  readonly onAsk: (asked: Asked) => void;
}) => {
  const may = useMay('connection:admin');
  const mayRun = useMay('sync:run');
  if (isFiles(of)) return null;
  return (
    <>
      {mayRun && of.state === 'on' ? (
        <ButtonLink to="/sync" variant="default">
          Runs
        </ButtonLink>
      ) : null}
      {may && of.state === 'on' ? (
        <Button variant="default" onClick={() => onAsk('pause')}>
          Pause…
        </Button>
      ) : null}
      {may && of.state === 'paused' ? <Button onClick={() => onAsk('resume')}>Resume…</Button> : null}
      {may ? (
        <Button variant="default" onClick={() => onAsk('remove')}>
          Remove…
        </Button>
      ) : null}
    </>
  );
};

const FilesOnly = ({ of }: { readonly of: ConnectionDetail }) => (
  <div className={detailStyles['tabBody']}>
    <p>{words.files}</p>
    <Section title="What hangs on it">
      <Hangs of={of} />
    </Section>
  </div>
);

export const ConnectionPage = () => {
  const { connection = '', tab } = useParams({ strict: false });
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <Loaded query={useQuery(connectionQuery(connection))} whole>
      {(detail) => (
        <div>
          <div className={detailStyles['page']} style={{ paddingBottom: 0 }}>
            <DetailHead
              parent={{ to: '/connections', title: words.title }}
              title={detail.value.name}
              marks={<Marks of={detail.value} />}
              actions={<Actions of={detail.value} onAsk={setAsked} />}
            />
            {isFiles(detail.value) ? null : (
              <Tabs
                base={recordPath('connection', connection)}
                tabs={[
                  { id: 'overview', title: 'Overview' },
                  { id: 'settings', title: 'Settings and secrets' },
                ]}
                current={tab === 'settings' ? 'settings' : 'overview'}
              />
            )}
          </div>
          {isFiles(detail.value) ? (
            <FilesOnly of={detail.value} />
          ) : tab === 'settings' ? (
            <SettingsPart of={detail} />
          ) : (
            <Overview of={detail.value} onSecrets={() => setAsked('secrets')} />
          )}
          <ConnectionDialog of={detail} asked={asked} onClose={close} />
        </div>
      )}
    </Loaded>
  );
};
