/** One match: the question, both sides, and what may be said, by button or key. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import { type MatchDetail, matchQuery } from '../../api/decisions/matches.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useKeys } from '../../kit/keys.ts';
import { When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import conflicts from '../conflicts/conflicts.module.css';
import { Compare } from './compare.tsx';
import styles from './matches.module.css';
import { useDecide } from './use-decide.ts';
import { type Choice, choicesOf, kindWords, questionOf, words } from './words.ts';

const Marks = ({ of }: { readonly of: MatchDetail }) => (
  <>
    <span>{kindWords[of.kind]}</span>
    <span>
      <span className="quiet">other side </span>
      {of.system}
    </span>
    {of.boundary === null ? null : (
      <span>
        <span className="quiet">system </span>
        <RecordLink kind="system" id={of.boundary}>
          {of.boundary}
        </RecordLink>
      </span>
    )}
    <span className="quiet">
      asked <When at={of.openedAt} />
    </span>
  </>
);

const Settled = ({ of }: { readonly of: MatchDetail }) => (
  <div className={conflicts['settled']} role="status">
    {of.outcome === null ? 'Decided' : of.outcome.replace(/^./, (letter) => letter.toUpperCase())} by{' '}
    {of.settledBy ?? 'a rule'} <When at={of.settledAt} />
  </div>
);

interface Options {
  readonly always: boolean;
  readonly replaces: boolean;
}

const OptionFields = ({
  of,
  options,
  onChange,
}: {
  readonly of: MatchDetail;
  readonly options: Options;
  readonly onChange: (options: Options) => void;
}) =>
  of.kind === 'identity' ? null : (
    <div className={styles['options']}>
      <label
        title={
          of.kind === 'boundary'
            ? 'A boundary rule that comes before those that contest it: it needs the right to change policies.'
            : 'A standing decision: it holds for whatever carries the same uuid, MAC address or full name.'
        }
      >
        <input
          type="checkbox"
          checked={options.always}
          onChange={(event) => onChange({ ...options, always: event.currentTarget.checked })}
        />
        {of.kind === 'boundary'
          ? 'Also for whatever the same rules fit: make it a rule'
          : 'Also for assets to come that are known by the same'}
      </label>
      {of.candidates.some(({ heldBy }) => heldBy.length > 0) ? (
        <label>
          <input
            type="checkbox"
            checked={options.replaces}
            onChange={(event) => onChange({ ...options, replaces: event.currentTarget.checked })}
          />
          Whatever has the component now leaves it
        </label>
      ) : null}
    </div>
  );

const Buttons = ({
  choices,
  busy,
  onChoose,
  onSkip,
}: {
  readonly choices: readonly Choice[];
  readonly busy: boolean;
  readonly onChoose: (choice: Choice) => void;
  readonly onSkip: () => void;
}) => (
  <div className={conflicts['choices']}>
    {choices.map((choice) => (
      <ActButton
        key={choice.press}
        variant="default"
        why={busy ? 'A decision is being carried out.' : undefined}
        onPress={() => onChoose(choice)}
      >
        <kbd className={conflicts['key']}>{choice.press}</kbd> {choice.title}
      </ActButton>
    ))}
    <Button variant="default" onClick={onSkip}>
      <kbd className={conflicts['key']}>s</kbd> Skip
    </Button>
  </div>
);

const Reason = ({
  text,
  onChange,
  inputRef,
}: {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly inputRef: React.Ref<HTMLInputElement>;
}) => {
  const id = useId();
  return (
    <div className={conflicts['reason']}>
      <label htmlFor={id}>
        Reason <kbd>r</kbd>
      </label>
      <input
        id={id}
        ref={inputRef}
        maxLength={2000}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          event.stopPropagation();
          event.currentTarget.blur();
        }}
      />
    </div>
  );
};

const Decide = ({ of }: { readonly of: MatchDetail }) => {
  const { decide, next, busy } = useDecide(of);
  const [reason, setReason] = useState('');
  const [options, setOptions] = useState<Options>({ always: false, replaces: false });
  const reasonField = useRef<HTMLInputElement>(null);
  const choices = choicesOf(of);
  const choose = (choice: Choice): void =>
    void decide(choice, {
      ...(choice.decision.decision === 'accept' && of.kind !== 'identity' ? options : {}),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
  useKeys('This match', [
    ...choices.map((choice) => ({
      press: choice.press,
      does: choice.title,
      run: (event: KeyboardEvent) => (event.preventDefault(), choose(choice)),
    })),
    { press: 's', does: 'Skip to the next match', run: next },
    {
      press: 'r',
      does: 'Write a reason',
      run: (event) => (event.preventDefault(), reasonField.current?.focus()),
    },
  ]);
  return (
    <>
      <Buttons choices={choices} busy={busy} onChoose={choose} onSkip={next} />
      <Compare of={of} />
      <OptionFields of={of} options={options} onChange={setOptions} />
      <Reason text={reason} onChange={setReason} inputRef={reasonField} />
      <ol className={conflicts['meanings']}>
        {choices.map((choice) => (
          <li key={choice.press}>
            {choice.press} {choice.title}: {choice.meaning}
          </li>
        ))}
      </ol>
    </>
  );
};

const Panel = ({ of }: { readonly of: MatchDetail }) => {
  const may = useMay('link:write');
  return (
    <div>
      {of.reason === null ? null : <p className="quiet">{of.reason}</p>}
      {of.candidatesOutside === 0 ? null : (
        <p className="attention">
          {of.candidatesOutside} more {of.candidatesOutside === 1 ? 'candidate lies' : 'candidates lie'} in
          systems that are not yours.
        </p>
      )}
      {of.settledAt === null && may ? (
        <Decide of={of} />
      ) : (
        <>
          {of.settledAt === null ? null : <Settled of={of} />}
          <Compare of={of} />
        </>
      )}
    </div>
  );
};

export const MatchPage = () => {
  const { matchId = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const query = useQuery(matchQuery(matchId));
  if (from === 'list')
    return (
      <Drawer title={`Match ${matchId}`} list="/matches" wide>
        <Loaded query={query}>
          {(of) => (
            <div className={detail['page']}>
              <h2>{questionOf(of)}</h2>
              <div className={detail['marks']}>
                <Marks of={of} />
              </div>
              <Panel key={of.id} of={of} />
            </div>
          )}
        </Loaded>
      </Drawer>
    );
  return (
    <Loaded query={query} whole>
      {(of) => (
        <div className={detail['page']}>
          <DetailHead
            parent={{ to: '/matches', title: words.title }}
            title={questionOf(of)}
            marks={<Marks of={of} />}
          />
          <Panel key={of.id} of={of} />
        </div>
      )}
    </Loaded>
  );
};
