import { useNow } from '../now.ts';
import { plural } from '../plural.ts';
import { zonePreference } from '../preference.ts';
import { absolute, ageInDays, dayOf, daysBetween, relative } from '../time.ts';
import { Nothing } from './severity.tsx';

/** A time: relative to read, absolute with its zone on hover. */
export const When = ({ at, never = 'never' }: { readonly at: string | null; readonly never?: string }) => {
  const now = useNow();
  const zone = zonePreference.use();
  if (at === null) return <Nothing word={never} />;
  return (
    <time dateTime={at} title={absolute(at, zone)}>
      {relative(at, now)}
    </time>
  );
};

/** A time in full, with its zone. */
export const At = ({ at }: { readonly at: string | null }) => {
  const zone = zonePreference.use();
  return at === null ? <Nothing word="never" /> : <time dateTime={at}>{absolute(at, zone)}</time>;
};

export const Day = ({ at }: { readonly at: string | null }) =>
  at === null ? <Nothing /> : <time dateTime={at}>{dayOf(at)}</time>;

/** Days since then. */
export const Age = ({ since }: { readonly since: string | null }) => {
  const now = useNow();
  return since === null ? <Nothing /> : <span title={dayOf(since)}>{ageInDays(since, now)} d</span>;
};

export function dueWords(days: number): { words: string; tone: string } {
  if (days < 0) return { words: `${plural(-days, 'day')} late`, tone: 'bad strong' };
  if (days === 0) return { words: 'today', tone: 'attention strong' };
  return {
    words: `in ${plural(days, 'day')}`,
    tone: days <= 7 ? 'attention strong' : days <= 30 ? 'attention' : '',
  };
}

/** A day on which something ends by itself: an authorization, an acceptance. */
export const Ends = ({ on, withDay = false }: { readonly on: string | null; readonly withDay?: boolean }) => {
  const now = useNow();
  if (on === null) return <Nothing word="no end" />;
  const days = daysBetween(now, on);
  const { words, tone } = dueWords(days);
  return (
    <time dateTime={dayOf(on)} title={dayOf(on)} className={tone}>
      {withDay ? `${dayOf(on)} · ` : ''}
      {days < 0 ? `ended ${plural(-days, 'day')} ago` : words}
    </time>
  );
};

/** A day by which something must be done. `settled`: it is done, so that nothing is late. */
export const Due = ({
  by,
  settled = false,
  withDay = false,
}: {
  readonly by: string | null;
  readonly settled?: boolean;
  readonly withDay?: boolean;
}) => {
  const now = useNow();
  if (by === null) return <Nothing word="no date" />;
  const day = dayOf(by);
  if (settled) return <time dateTime={day}>{day}</time>;
  const { words, tone } = dueWords(daysBetween(now, by));
  return (
    <time dateTime={day} title={day} className={tone}>
      {withDay ? `${day} · ` : ''}
      {words}
    </time>
  );
};
