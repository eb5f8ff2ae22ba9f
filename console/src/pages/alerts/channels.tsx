/** Where alerts are delivered to: added, changed, tried, removed. Secrets are set, never shown. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type AlertChannel, alertChannelsQuery, removeChannel, testChannel } from '../../api/work/alerts.ts';
import { problemOf } from '../../api/http/problem.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { ChannelDialog } from './channel-dialog.tsx';
import { channelWords, settingsOf, textOf } from './words.ts';

const RemoveDialog = ({ of, onClose }: { readonly of: AlertChannel; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`Remove ${of.name}`}
      onClose={onClose}
      onRun={async () => {
        await removeChannel(of.name);
        await queryClient.invalidateQueries({ queryKey: ['alert-channels'] });
        tell(`Nothing is delivered to ${of.name} any more.`);
        onClose();
      }}
    >
      <p>What was not delivered yet is not delivered. Alerts stay in the inbox.</p>
    </ActionDialog>
  );
};

const tryOut = async (name: string): Promise<void> => {
  try {
    const { deliveries } = await testChannel(name);
    const failed = deliveries.find(({ state }) => state !== 'sent');
    tell(
      failed === undefined
        ? `The test was delivered to ${name}.`
        : `Not delivered: ${failed.failure ?? failed.state}`,
    );
  } catch (error) {
    tell(problemOf(error).message);
  }
};

const summaryOf = ({ kind, settings }: AlertChannel): string =>
  settingsOf[kind]
    .flatMap((key) => (settings[key] === undefined || key === 'names_records' ? [] : [textOf(settings[key])]))
    .join(' · ');

const ChannelActions = ({
  of: channel,
  onChange,
  onRemove,
}: {
  readonly of: AlertChannel;
  readonly onChange: (of: AlertChannel) => void;
  readonly onRemove: (of: AlertChannel) => void;
}) => (
  <>
    <Button
      variant="default"
      size="compact-sm"
      aria-label={`Test ${channel.name}`}
      onClick={() => void tryOut(channel.name)}
    >
      Test
    </Button>{' '}
    <Button
      variant="default"
      size="compact-sm"
      aria-label={`Change ${channel.name}`}
      onClick={() => onChange(channel)}
    >
      Change…
    </Button>{' '}
    <Button
      variant="subtle"
      size="compact-sm"
      aria-label={`Remove ${channel.name}`}
      onClick={() => onRemove(channel)}
    >
      Remove…
    </Button>
  </>
);

const ChannelTable = ({
  of,
  onChange,
  onRemove,
}: {
  readonly of: readonly AlertChannel[];
  readonly onChange: (of: AlertChannel) => void;
  readonly onRemove: (of: AlertChannel) => void;
}) => (
  <table className={detail['table']}>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Kind</th>
        <th scope="col">Goes to</th>
        <th scope="col">From</th>
        <th scope="col">Says</th>
        <th scope="col">
          <span className="hidden-text">What can be done</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {of.map((each) => (
        <tr key={each.id}>
          <td>{each.name}</td>
          <td>{channelWords[each.kind]}</td>
          <td>{summaryOf(each)}</td>
          <td>{each.leastSeverity}</td>
          <td>{each.settings['names_records'] === true ? 'names of records' : 'no names of records'}</td>
          <td>
            <ChannelActions of={each} onChange={onChange} onRemove={onRemove} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const Channels = () => {
  const [open, setOpen] = useState<{ readonly of: AlertChannel | undefined }>();
  const [removing, setRemoving] = useState<AlertChannel>();
  return (
    <Section title="Channels">
      <p className="quiet">
        Alerts are in the inbox. They can be delivered too, to servers that TIELINE_ALERT_RECEIVERS names on
        this machine.
      </p>
      <p>
        <Button variant="default" onClick={() => setOpen({ of: undefined })}>
          Add a channel…
        </Button>
      </p>
      <Loaded query={useQuery(alertChannelsQuery)}>
        {(channels) =>
          channels.length === 0 ? (
            <p className="quiet">No channel yet.</p>
          ) : (
            <ChannelTable of={channels} onChange={(of) => setOpen({ of })} onRemove={setRemoving} />
          )
        }
      </Loaded>
      {open === undefined ? null : <ChannelDialog of={open.of} onClose={() => setOpen(undefined)} />}
      {removing === undefined ? null : <RemoveDialog of={removing} onClose={() => setRemoving(undefined)} />}
    </Section>
  );
};
