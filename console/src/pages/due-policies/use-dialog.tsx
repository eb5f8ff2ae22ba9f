/** Says whether a policy applies, by default or to one system. The first press shows which open POA&Ms that moves, the second does it. */
import { NativeSelect, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type DuePolicy,
  type PolicyPreview,
  previewUse,
  setUse,
  type UseDraft,
} from '../../api/decisions/due-policies.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { tell } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import styles from './due-policies.module.css';
import { byDefault, earlierWords, previewWords, shownVersion } from './words.ts';

const shownAtMost = 50;

const Preview = ({ of }: { readonly of: PolicyPreview }) => (
  <div className={styles['effect']} role="status">
    <p className="strong">{previewWords(of)}</p>
    {of.items.length === 0 ? null : (
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">POA&M</th>
            <th scope="col">Obliged by now</th>
            <th scope="col">Then</th>
            <th scope="col">Promised for</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {of.items.slice(0, shownAtMost).map((item) => (
            <tr key={`${item.poamId} ${item.weakness}`}>
              <td>
                <RecordLink kind="poam" id={item.poamId}>
                  {item.poamId}
                </RecordLink>
              </td>
              <td>{item.dueOn}</td>
              <td>{item.wouldBe}</td>
              <td className={item.promised !== null && item.promised > item.wouldBe ? 'bad' : ''}>
                {item.promised ?? 'no day'}
              </td>
              <td>{item.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {of.earlier > shownAtMost ? (
      <p className="quiet">and {(of.earlier - shownAtMost).toLocaleString('en')} more</p>
    ) : null}
  </div>
);

const choices = (systemId: string | null, policy: DuePolicy) => [
  { value: 'yes', label: 'It applies' },
  { value: 'no', label: 'It does not apply' },
  ...(systemId === null
    ? []
    : [
        {
          value: 'default',
          label: `As by default: it ${byDefault(policy)?.applies === true ? 'applies' : 'does not apply'}`,
        },
      ]),
];

const earlier = (policy: DuePolicy): { readonly value: string; readonly label: string }[] => {
  const own = shownVersion(policy)?.whenEarlier;
  return [
    { value: '', label: `As the policy says${own === undefined ? '' : `: it ${earlierWords[own]}`}` },
    ...Object.entries(earlierWords).map(([value, word]) => ({ value, label: `It ${word}` })),
  ];
};

/** The rule of a choice; an empty one leaves it to the policy. */
const earlierOf = (value: string): UseDraft['whenEarlier'] =>
  value === 'ask' || value === 'approve' || value === 'follow' ? value : null;

/** What is chosen, what it would move, and saving it. */
function useDraft(policy: DuePolicy, systemId: string | null, onClose: () => void) {
  const queryClient = useQueryClient();
  const present = policy.uses.find((use) => use.systemId === systemId);
  const [typed, setTyped] = useState({
    applies: present === undefined ? (systemId === null ? 'no' : 'default') : present.applies ? 'yes' : 'no',
    coversOpen: present?.coversOpen ?? false,
    whenEarlier: present?.whenEarlier ?? null,
    reason: '',
  });
  const [preview, setPreview] = useState<PolicyPreview>();
  const { applies, coversOpen, whenEarlier, reason } = typed;
  const use: UseDraft = {
    policyId: policy.policyId,
    applies: applies === 'default' ? null : applies === 'yes',
    coversOpen: applies === 'yes' && coversOpen,
    whenEarlier: applies === 'yes' ? whenEarlier : null,
    reason: reason.trim() === '' ? null : reason.trim(),
  };
  const isSame =
    present === undefined
      ? use.applies === null || (systemId === null && use.applies === false)
      : use.applies === present.applies &&
        use.coversOpen === present.coversOpen &&
        use.whenEarlier === present.whenEarlier;
  const run = async (): Promise<void> => {
    if (preview === undefined) return setPreview(await previewUse(systemId, use));
    await setUse(systemId, use);
    for (const queryKey of [['due-policies'], ['systems'], ['me']])
      await queryClient.invalidateQueries({ queryKey });
    tell('Saved. The next sync records the obligations that follow.');
    onClose();
  };
  const change = (part: Partial<typeof typed>): void => {
    setTyped({ ...typed, ...part });
    // A reason moves nothing.
    if (part.reason === undefined) setPreview(undefined);
  };
  return { typed, change, preview, isSame, run };
}

/** @param systemId null: the default, for every system without a word of its own. */
export const UseDialog = ({
  policy,
  systemId,
  systemName,
  onClose,
}: {
  readonly policy: DuePolicy;
  readonly systemId: string | null;
  readonly systemName?: string;
  readonly onClose: () => void;
}) => {
  const { typed, change, preview, isSame, run } = useDraft(policy, systemId, onClose);
  return (
    <ActionDialog
      title={`${shownVersion(policy)?.title ?? policy.policyId}: ${systemId === null ? 'by default' : (systemName ?? systemId)}`}
      verb={preview === undefined ? 'Show what it would move' : 'Save'}
      size="xl"
      incomplete={isSame}
      onClose={onClose}
      onRun={run}
    >
      <NativeSelect
        label="Whether it applies"
        value={typed.applies}
        onChange={(event) => change({ applies: event.currentTarget.value })}
        data={choices(systemId, policy)}
      />
      {typed.applies === 'yes' ? (
        <label className={styles['check']}>
          <input
            type="checkbox"
            checked={typed.coversOpen}
            onChange={(event) => change({ coversOpen: event.currentTarget.checked })}
          />
          <span>Also to what was open before the policy began, from the day on which it began</span>
        </label>
      ) : null}
      {typed.applies === 'yes' ? (
        <NativeSelect
          mt="sm"
          label="When it gives an earlier date than a POA&M promises"
          value={typed.whenEarlier ?? ''}
          onChange={(event) => change({ whenEarlier: earlierOf(event.currentTarget.value) })}
          data={earlier(policy)}
        />
      ) : null}
      <Textarea
        mt="sm"
        label="Reason (optional)"
        value={typed.reason}
        onChange={(event) => change({ reason: event.currentTarget.value })}
        maxLength={2000}
        autosize
        minRows={1}
      />
      {preview === undefined ? null : <Preview of={preview} />}
    </ActionDialog>
  );
};
