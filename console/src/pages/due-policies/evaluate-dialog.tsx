/** What only people know and the due date of a POA&M hangs on: its evaluation, a notice's comply-by date, and which assets face the internet. */
import { orNull } from '../../kit/or-null.ts';
import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type SaidOfPoam, saidOfPoamQuery, sayAsset, sayPoam } from '../../api/decisions/due-policies.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import { useMay } from '../../shell/use-session.ts';
import { conditionWords } from './words.ts';
import styles from './due-policies.module.css';

type Answer = 'unknown' | 'yes' | 'no';
const answerOf = (said: boolean | null | undefined): Answer =>
  said === null || said === undefined ? 'unknown' : said ? 'yes' : 'no';
const saidOf = (answer: Answer): boolean | null => (answer === 'unknown' ? null : answer === 'yes');
const answers: readonly { readonly value: Answer; readonly label: string }[] = [
  { value: 'unknown', label: 'not known' },
  { value: 'yes', label: 'yes' },
  { value: 'no', label: 'no' },
];

interface Typed {
  readonly exploitable: Answer;
  readonly reachable: Answer;
  readonly agencyImpact: string;
  readonly complyBy: string;
  readonly vendorReleasedOn: string;
  readonly note: string;
  /** For the assets whose answer was changed. */
  readonly exposed: Readonly<Record<string, Answer>>;
}

const typedOf = ({ evaluation }: SaidOfPoam): Typed => ({
  exploitable: answerOf(evaluation?.exploitable),
  reachable: answerOf(evaluation?.reachable),
  agencyImpact: evaluation?.agencyImpact ?? '',
  complyBy: evaluation?.complyBy ?? '',
  vendorReleasedOn: evaluation?.vendorReleasedOn ?? '',
  note: '',
  exposed: {},
});

type Typing = { readonly typed: Typed; readonly onChange: (part: Partial<Typed>) => void };

const Yes = ({
  label,
  description,
  value,
  onChange,
}: {
  readonly label: string;
  readonly description?: string;
  readonly value: Answer;
  readonly onChange: (answer: Answer) => void;
}) => (
  <NativeSelect
    label={label}
    description={description}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value as Answer)} // one of the options
    data={[...answers]}
  />
);

const EvaluationFields = ({ typed, onChange }: Typing) => (
  <>
    <div className={styles['pair']}>
      <Yes
        label="Likely exploitable"
        value={typed.exploitable}
        onChange={(exploitable) => onChange({ exploitable })}
      />
      <Yes
        label="Reachable from the internet"
        value={typed.reachable}
        onChange={(reachable) => onChange({ reachable })}
      />
    </div>
    <div className={styles['pair']}>
      <NativeSelect
        label="Potential agency impact"
        value={typed.agencyImpact}
        onChange={(event) => onChange({ agencyImpact: event.currentTarget.value })}
        data={[
          { value: '', label: 'not known' },
          { value: 'N5', label: 'N5, catastrophic, more than one agency' },
          { value: 'N4', label: 'N4, catastrophic, one agency' },
          { value: 'N3', label: 'N3, serious' },
          { value: 'N2', label: 'N2, limited' },
          { value: 'N1', label: 'N1, negligible' },
        ]}
      />
      <TextInput
        type="date"
        label="Comply-by date of its notice (IAVM)"
        value={typed.complyBy}
        onChange={(event) => onChange({ complyBy: event.currentTarget.value })}
      />
    </div>
    <div className={styles['pair']}>
      <TextInput
        type="date"
        label="The vendor released the fix on"
        value={typed.vendorReleasedOn}
        onChange={(event) => onChange({ vendorReleasedOn: event.currentTarget.value })}
      />
      <Textarea
        label="Note (optional)"
        placeholder="IAVA 2026-A-0007"
        value={typed.note}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
        maxLength={2000}
        autosize
        minRows={1}
      />
    </div>
  </>
);

const Assets = ({ of, typed, onChange }: Typing & { readonly of: SaidOfPoam['assets'] }) => (
  <div className={styles['effect']}>
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Asset</th>
          <th scope="col">Network zone</th>
          <th scope="col">Anybody can reach it from public networks</th>
        </tr>
      </thead>
      <tbody>
        {of.map((asset) => (
          <tr key={asset.assetUuid}>
            <td>{asset.hostname ?? asset.assetUuid.slice(0, 8)}</td>
            <td className="quiet">{asset.zone ?? 'none'}</td>
            <td>
              <select
                aria-label={`${asset.hostname ?? asset.assetUuid} is publicly exposed`}
                value={typed.exposed[asset.assetUuid] ?? answerOf(asset.exposed)}
                onChange={(event) =>
                  onChange({
                    exposed: {
                      ...typed.exposed,
                      [asset.assetUuid]: event.currentTarget.value as Answer, // one of the options
                    },
                  })
                }
              >
                {answers.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
              {asset.by === 'zone' && typed.exposed[asset.assetUuid] === undefined ? (
                <span className="quiet"> by its zone</span>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const isEvaluated = (typed: Typed, before: Typed): boolean =>
  (['exploitable', 'reachable', 'agencyImpact', 'complyBy', 'vendorReleasedOn', 'note'] as const).some(
    (field) => typed[field] !== before[field],
  );

const impacts = ['N1', 'N2', 'N3', 'N4', 'N5'] as const;

async function say(poamId: string, typed: Typed, before: Typed): Promise<void> {
  const note = orNull(typed.note);
  for (const [assetUuid, answer] of Object.entries(typed.exposed))
    await sayAsset(assetUuid, { exposed: saidOf(answer), reason: note });
  if (isEvaluated(typed, before))
    await sayPoam(poamId, {
      evaluatedAt: null,
      exploitable: saidOf(typed.exploitable),
      reachable: saidOf(typed.reachable),
      agencyImpact: impacts.find((each) => each === typed.agencyImpact) ?? null,
      complyBy: orNull(typed.complyBy),
      vendorReleasedOn: orNull(typed.vendorReleasedOn),
      note,
    });
}

const changed = [['due-policies'], ['poams'], ['me']];

const Form = ({
  poamId,
  of,
  onClose,
}: {
  readonly poamId: string;
  readonly of: SaidOfPoam;
  readonly onClose: () => void;
}) => {
  const done = useDone(onClose, changed);
  const [mayEvaluate, maySayAssets] = [useMay('poam:write'), useMay('asset:write')];
  const [before] = useState(() => typedOf(of));
  const [typed, setTyped] = useState(before);
  const change = (part: Partial<Typed>): void => setTyped((present) => ({ ...present, ...part }));
  const asked = of.unknown.map((each) => conditionWords[each] ?? each).join(', ');
  return (
    <ActionDialog
      title={`What the due date of ${poamId} depends on`}
      verb="Save"
      size="xl"
      incomplete={!isEvaluated(typed, before) && Object.keys(typed.exposed).length === 0}
      onClose={onClose}
      onRun={async () => {
        await say(poamId, typed, before);
        await done('Saved. The next sync uses it; earlier answers are kept.');
      }}
    >
      <p className="quiet">
        {asked === '' ? 'Nothing is missing now.' : `Not known, and it would make a difference: ${asked}.`}
        {of.evaluation === null
          ? ''
          : ` Evaluated on ${of.evaluation.setAt.slice(0, 10)} by ${of.evaluation.setBy}.`}
      </p>
      {of.unknown.some((each) => each === 'kev' || each === 'automatable' || each === 'impact') ? (
        <p>
          Whether it is known to be exploited, can be automated, and what an attacker gains come from feeds:{' '}
          <a href="/intelligence">load KEV and SSVC</a>.
        </p>
      ) : null}
      {mayEvaluate ? <EvaluationFields typed={typed} onChange={change} /> : null}
      {maySayAssets && of.assets.length > 0 ? (
        <Assets of={of.assets} typed={typed} onChange={change} />
      ) : null}
    </ActionDialog>
  );
};

/** Also for the page of a POA&M. */
export const EvaluateDialog = ({
  poamId,
  onClose,
}: {
  readonly poamId: string;
  readonly onClose: () => void;
}) => (
  <Loaded query={useQuery(saidOfPoamQuery(poamId))}>
    {(said) => <Form poamId={poamId} of={said} onClose={onClose} />}
  </Loaded>
);
