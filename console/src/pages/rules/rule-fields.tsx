/** The fields of a weakness rule. */
import { type ReactNode, useId } from 'react';
import type { Draft } from './rule-draft.ts';
import styles from './rules.module.css';
import { complianceWords, groupingWords, severityChoices, sourceWords } from './words.ts';

interface Fields {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

const Choice = <Name extends 'grouping' | 'compliance' | 'severitySource' | 'floor' | 'checkSeverity'>({
  name,
  title,
  choices,
  draft,
  set,
}: Fields & {
  readonly name: Name;
  readonly title: string;
  readonly choices: Readonly<Record<Draft[Name], string>>;
}) => {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{title}</label>
      <select
        id={id}
        value={draft[name]}
        // its own keys
        onChange={(event) => set({ [name]: event.currentTarget.value })}
      >
        {Object.entries<string>(choices).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
};

const Text = ({
  name,
  title,
  hint,
  lines,
  draft,
  set,
}: Fields & {
  readonly name:
    | 'tags'
    | 'networks'
    | 'ports'
    | 'families'
    | 'minAgeDays'
    | 'description'
    | 'plan'
    | 'milestones';
  readonly title: string;
  readonly hint: ReactNode;
  /** More than one line. */
  readonly lines?: number;
}) => {
  const id = useId();
  const field = {
    id,
    value: draft[name],
    'aria-describedby': `${id}-hint`,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      set({ [name]: event.currentTarget.value }),
  };
  return (
    <div className={lines === undefined ? undefined : styles['wide']}>
      <label htmlFor={id}>{title}</label>
      {lines === undefined ? <input type="text" {...field} /> : <textarea rows={lines} {...field} />}
      <div id={`${id}-hint`} className={styles['hint']}>
        {hint}
      </div>
    </div>
  );
};

const severityWords = Object.fromEntries(severityChoices.map((each) => [each, each])) as Record<
  (typeof severityChoices)[number],
  string
>;
const floorChoices = {
  Critical: 'critical only',
  High: 'high or worse',
  Medium: 'medium or worse',
  Low: 'low or worse',
} as const;
const templateHint =
  'Empty: Tieline’s own words. Fields: {title} {synopsis} {solution} {severity} {plugin} {cves} {boundary} {findings} {assets} {machines} {detected} {due}';

const GroupingFields = ({ draft, set }: Fields) => (
  <div className={styles['form']}>
    <Choice name="grouping" title="Weaknesses" choices={groupingWords} draft={draft} set={set} />
    <Choice
      name="severitySource"
      title="Severity of a finding"
      choices={sourceWords}
      draft={draft}
      set={set}
    />
    <Choice name="floor" title="Least severity" choices={floorChoices} draft={draft} set={set} />
    <Choice
      name="compliance"
      title="Failed checks of audits"
      choices={complianceWords}
      draft={draft}
      set={set}
    />
    {draft.compliance === 'none' ? null : (
      <Choice
        name="checkSeverity"
        title="A check without a category is"
        choices={severityWords}
        draft={draft}
        set={set}
      />
    )}
  </div>
);

const FilterFields = ({ draft, set }: Fields) => (
  <>
    <h2 className={styles['part']}>Only findings</h2>
    <div className={styles['form']}>
      <Text
        name="tags"
        title="On assets tagged"
        hint="category:value, with commas; one is enough"
        draft={draft}
        set={set}
      />
      <Text name="networks" title="In networks" hint="as 10.9.0.0/16, with commas" draft={draft} set={set} />
      <Text name="ports" title="On ports" hint="as 22, 443" draft={draft} set={set} />
      <Text name="families" title="Of plugin families" hint="with commas" draft={draft} set={set} />
      <Text
        name="minAgeDays"
        title="First found at least … days ago"
        hint="0: from the first day"
        draft={draft}
        set={set}
      />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={draft.exploitAvailable}
          onChange={(event) => set({ exploitAvailable: event.currentTarget.checked })}
        />
        That an exploit is known for
      </label>
    </div>
  </>
);

const TemplateFields = ({ draft, set }: Fields) => (
  <details
    className={styles['part']}
    open={[draft.description, draft.plan, draft.milestones].some((text) => text !== '')}
  >
    <summary>What a POA&M says: description, plan and milestones</summary>
    <div className={styles['form']}>
      <Text name="description" title="Description" hint={templateHint} lines={2} draft={draft} set={set} />
      <Text
        name="plan"
        title="Plan"
        hint="Empty: the remedy that the scanner gives."
        lines={2}
        draft={draft}
        set={set}
      />
      <Text
        name="milestones"
        title="Milestones"
        hint="One a line: percent of the days to the due date, a colon, the text, as “50: Patch {machines}”. Empty: Tieline’s own."
        lines={3}
        draft={draft}
        set={set}
      />
    </div>
  </details>
);

export const RuleFields = (fields: Fields) => (
  <>
    <GroupingFields {...fields} />
    <FilterFields {...fields} />
    <TemplateFields {...fields} />
  </>
);
