/** Teams: name, members, systems, mail, and how much of their work is open. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Team, teamsQuery } from '../../api/work/teams.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useSession } from '../../shell/use-session.ts';
import { AccessTabs } from './access-tabs.tsx';
import { RemoveTeamDialog, TeamDialog } from './team-dialogs.tsx';

const Row = ({
  of,
  onChange,
  onRemove,
}: {
  readonly of: Team;
  readonly onChange: () => void;
  readonly onRemove: () => void;
}) => {
  const { boundaries } = useSession();
  const nameOf = (id: string): string => boundaries.find((each) => each.id === id)?.name ?? id;
  return (
    <tr>
      <td className="strong">{of.name}</td>
      <td>
        {of.members.length === 0 ? (
          <span className="attention">nobody: work given to it waits unseen</span>
        ) : (
          of.members.map(({ name, title, isActive }) => (
            <div key={name}>
              <RecordLink kind="user" id={name}>
                {title}
              </RecordLink>
              {isActive ? null : <span className="attention"> disabled or locked</span>}
            </div>
          ))
        )}
      </td>
      <td>
        {of.systemIds.length === 0 ? (
          <Nothing word="none" />
        ) : (
          of.systemIds.map((id) => (
            <div key={id}>
              <RecordLink kind="system" id={id}>
                {nameOf(id)}
              </RecordLink>
            </div>
          ))
        )}
      </td>
      <td>{of.mail ?? <Nothing word="none" />}</td>
      <td>
        {of.work.findings.toLocaleString('en')} findings, {of.work.tasks.toLocaleString('en')} tasks
      </td>
      <td style={{ whiteSpace: 'nowrap' }}>
        <Button variant="default" size="compact-sm" aria-label={`Change ${of.name}`} onClick={onChange}>
          Change…
        </Button>{' '}
        <Button variant="subtle" size="compact-sm" aria-label={`Remove ${of.name}`} onClick={onRemove}>
          Remove…
        </Button>
      </td>
    </tr>
  );
};

const Table = ({ of }: { readonly of: readonly Team[] }) => {
  const [changing, setChanging] = useState<Team>();
  const [removing, setRemoving] = useState<Team>();
  return (
    <>
      <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Teams">
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">Team</th>
              <th scope="col">Members</th>
              <th scope="col">Systems</th>
              <th scope="col">Mail</th>
              <th scope="col">Open work</th>
              <th scope="col">
                <span className="hidden-text">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {of.map((team) => (
              <Row
                key={team.id}
                of={team}
                onChange={() => setChanging(team)}
                onRemove={() => setRemoving(team)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {changing ? <TeamDialog of={changing} onClose={() => setChanging(undefined)} /> : null}
      {removing ? <RemoveTeamDialog of={removing} onClose={() => setRemoving(undefined)} /> : null}
    </>
  );
};

export const TeamsPage = () => {
  const [adding, setAdding] = useState(false);
  return (
    <div className={detail['page']}>
      <div style={{ display: 'flex', alignItems: 'center', gap: 16 }}>
        <PageTitle title="Teams" />
        <span style={{ marginLeft: 'auto', display: 'flex', alignItems: 'center' }}>
          <AccessTabs />
          <Button onClick={() => setAdding(true)}>Add a team</Button>
        </span>
      </div>
      <p className="quiet" style={{ margin: '4px 0 12px' }}>
        A team gives no right. Findings and tasks are given to it by name, and wait for each of its members.
      </p>
      <Loaded query={useQuery(teamsQuery)} whole>
        {(teams) => (teams.length === 0 ? <p>No team yet.</p> : <Table of={teams} />)}
      </Loaded>
      {adding ? <TeamDialog onClose={() => setAdding(false)} /> : null}
    </div>
  );
};
