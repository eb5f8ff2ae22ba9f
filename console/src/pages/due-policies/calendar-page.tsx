/** Days on which nobody works, of the calendar that policies count by: weekends, federal holidays, and days of one's own. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { type FreeDays, freeDaysQuery, setFreeDay } from '../../api/decisions/due-policies.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import { useToday } from '../../kit/now.ts';
import { PolicyNav } from './policy-nav.tsx';
import styles from './due-policies.module.css';

const weekday = (day: string): string =>
  new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

const DayDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  const [day, setDay] = useState('');
  const [title, setTitle] = useState('');
  const [isWorking, setIsWorking] = useState('no');
  return (
    <ActionDialog
      title="A day of our own"
      verb="Save"
      incomplete={day === '' || title.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        await setFreeDay({ day, isWorking: isWorking === 'yes', title: title.trim() });
        await queryClient.invalidateQueries({ queryKey: ['due-policies', 'days'] });
        tell(`${day} is ${isWorking === 'yes' ? 'worked on' : 'free'}. New due dates count by it.`);
        onClose();
      }}
    >
      <TextInput
        type="date"
        label="Day"
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
        required
        data-autofocus
      />
      <NativeSelect
        mt="sm"
        label="On this day"
        value={isWorking}
        onChange={(event) => setIsWorking(event.currentTarget.value)}
        data={[
          { value: 'no', label: 'nobody works' },
          { value: 'yes', label: 'people work, although it would be free' },
        ]}
      />
      <TextInput
        mt="sm"
        label="What it is"
        placeholder="Closed between the years"
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        maxLength={200}
        required
      />
    </ActionDialog>
  );
};

const RemoveDialog = ({ day, onClose }: { readonly day: string; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`Remove ${day}`}
      verb="Remove"
      onClose={onClose}
      onRun={async () => {
        await setFreeDay({ day, isWorking: false, title: null });
        await queryClient.invalidateQueries({ queryKey: ['due-policies', 'days'] });
        tell(`${day} was removed from the calendar.`);
        onClose();
      }}
    >
      <p>It counts again as the calendar has it. Due dates that are recorded stay.</p>
    </ActionDialog>
  );
};

type OwnDay = FreeDays['own'][number];

const OwnDays = ({ of }: { readonly of: readonly OwnDay[] }) => {
  const mayWrite = useMay('policy:write');
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  return (
    <Section title="Days of our own">
      {mayWrite ? (
        <div className={styles['bar']}>
          <Button onClick={() => setAdding(true)}>Add a day…</Button>
        </div>
      ) : null}
      {of.length === 0 ? (
        <p className="quiet">None yet.</p>
      ) : (
        <table className={detail['table']} style={{ maxWidth: 720 }}>
          <tbody>
            {of.map((each) => (
              <tr key={`${each.calendar} ${each.day}`}>
                <td>
                  {each.day} <span className="quiet">{weekday(each.day)}</span>
                </td>
                <td>{each.title}</td>
                <td>{each.isWorking ? 'worked on' : 'free'}</td>
                {mayWrite ? (
                  <td>
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={`Remove ${each.day}`}
                      onClick={() => setRemoving(each.day)}
                    >
                      Remove…
                    </Button>
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {adding ? <DayDialog onClose={() => setAdding(false)} /> : null}
      {removing === undefined ? null : <RemoveDialog day={removing} onClose={() => setRemoving(undefined)} />}
    </Section>
  );
};

const Holidays = ({ of, year }: { readonly of: readonly string[]; readonly year: number }) => {
  const router = useRouter();
  const go = (to: number): void =>
    void router.navigate({ to: '.', search: (before) => ({ ...before, year: String(to) }) });
  return (
    <Section title={`Federal holidays of ${year}, as they are observed`}>
      <div className={styles['bar']}>
        <Button variant="default" onClick={() => go(year - 1)}>
          {year - 1}
        </Button>
        <Button variant="default" onClick={() => go(year + 1)}>
          {year + 1}
        </Button>
        <span className="quiet">Computed by rule (5 U.S.C. 6103).</span>
      </div>
      <table className={detail['table']} style={{ maxWidth: 360 }}>
        <tbody>
          {of.map((day) => (
            <tr key={day}>
              <td>{day}</td>
              <td className="quiet">{weekday(day)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
};

export const CalendarPage = () => {
  const search = useSearch({ strict: false });
  const today = useToday();
  const year = Number(search['year'] ?? today.slice(0, 4));
  return (
    <div className={detail['page']}>
      <PageTitle title="Calendar of working days" />
      <PolicyNav />
      <p className={`quiet ${styles['lead'] ?? ''}`}>
        Calendar “federal”: Saturdays and Sundays are free, and the days below. Only policies that count
        working days, or move an end that falls on a free day, look at it.
      </p>
      <Loaded query={useQuery(freeDaysQuery(year))} whole>
        {({ own, federal }) => (
          <>
            <OwnDays of={own} />
            <Holidays of={federal} year={year} />
          </>
        )}
      </Loaded>
    </div>
  );
};
