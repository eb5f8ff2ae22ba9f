/** One weakness rule: changed, previewed and saved; and its versions. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Problem, problemOf } from '../../api/http/problem.ts';
import {
  previewRule,
  type RuleEdit,
  type RuleInForce,
  type RulePreview,
  rulesQuery,
  type RuleVersion,
  ruleVersionsQuery,
  saveRule,
} from '../../api/rules.ts';
import { ActionDialog, Fault } from '../../kit/act/action-dialog.tsx';
import { ActButton } from '../../kit/act/act-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useSession, useWhyNot } from '../../shell/use-session.ts';
import { type Draft, draftOf, ruleOf } from './rule-draft.ts';
import { RuleFields } from './rule-fields.tsx';
import { PreviewOf } from './rule-preview.tsx';
import styles from './rules.module.css';
import { filterWords, floorWords, groupingWords } from './words.ts';

interface Tried {
  readonly edit: RuleEdit;
  readonly preview: RulePreview;
}

const Saving = ({
  tried,
  present,
  onClose,
}: {
  readonly tried: Tried;
  readonly present: RuleInForce;
  readonly onClose: (saved: boolean) => void;
}) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={tried.edit.rule === null ? 'Inherit the rule of all boundaries' : 'Save as a new version'}
      verb="Save"
      reason="required"
      onClose={() => onClose(false)}
      onRun={async (reason) => {
        await saveRule({ ...tried.edit, reason: reason ?? '', replaces: present.id });
        await queryClient.invalidateQueries({ queryKey: ['rules'] });
        onClose(true);
        tell('Saved. The next sync makes weaknesses by it.');
      }}
    >
      <p>The version that is in force now stays on record. POA&Ms follow with the next sync, as shown.</p>
    </ActionDialog>
  );
};

/** Why this person may not change this rule; undefined: they may. */
function useWhyNotHere(systemId: string | null): string | undefined {
  const general = useWhyNot('rule:write');
  const scope = useSession().permissions['rule:write'];
  if (general !== undefined || scope === undefined || scope.kind === 'everywhere') return general;
  if (systemId === null) return 'The rule of all boundaries is changed by who may change it in all of them.';
  return scope.systemIds.includes(systemId) ? undefined : 'You may not change the rule of this boundary.';
}

/** Tries an edit; what was tried is shown until the draft is another one. */
function useTrial() {
  const [tried, setTried] = useState<Tried>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (edit: RuleEdit): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setTried(undefined);
    try {
      setTried({ edit, preview: await previewRule(edit) });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const forget = (): void => {
    setTried(undefined);
    setProblem(undefined);
  };
  return { tried, busy, problem, run, forget, setProblem };
}

/** Looks at the change first; then it can be saved. */
const Actions = ({
  trial: { tried, busy },
  isSame,
  whyNot,
  onTry,
  onInherit,
  onSave,
}: {
  readonly trial: ReturnType<typeof useTrial>;
  readonly isSame: boolean;
  readonly whyNot: string | undefined;
  readonly onTry: () => void;
  /** Undefined: it has no rule of its own. */
  readonly onInherit: (() => void) | undefined;
  readonly onSave: () => void;
}) => (
  <div className={styles['actions']}>
    <ActButton
      variant={tried ? 'default' : 'filled'}
      loading={busy}
      why={whyNot ?? (isSame ? 'Nothing is changed yet.' : undefined)}
      onPress={onTry}
    >
      Show what it would change
    </ActButton>
    {onInherit && whyNot === undefined ? (
      <Button variant="default" loading={busy} onClick={onInherit}>
        Inherit the rule of all again…
      </Button>
    ) : null}
    {tried ? (
      <ActButton why={whyNot} onPress={onSave}>
        Save…
      </ActButton>
    ) : (
      <span className="quiet">It can be saved once you have seen what it would change.</span>
    )}
  </div>
);

const Editor = ({
  systemId,
  isInherited,
  present,
}: {
  readonly systemId: string | null;
  readonly isInherited: boolean;
  readonly present: RuleInForce;
}) => {
  const [draft, setDraft] = useState<Draft>(() => draftOf(present.rule));
  const [saving, setSaving] = useState(false);
  const whyNot = useWhyNotHere(systemId);
  const trial = useTrial();
  const { tried, problem, run, forget, setProblem } = trial;
  const rule = ruleOf(draft);
  const isSame = typeof rule !== 'string' && JSON.stringify(rule) === JSON.stringify(present.rule);
  const preview = (): void => {
    if (typeof rule === 'string') setProblem(new Problem(422, { code: 'REQUEST_INVALID', detail: rule }));
    else void run({ systemId, rule });
  };
  return (
    <>
      {isInherited ? (
        <p className="quiet">
          This boundary has no rule of its own. What you change here becomes its own rule, and it no longer
          follows the rule of all.
        </p>
      ) : null}
      <RuleFields
        draft={draft}
        set={(change) => {
          setDraft((before) => ({ ...before, ...change }));
          forget();
        }}
      />
      <Actions
        trial={trial}
        isSame={isSame}
        whyNot={whyNot}
        onTry={preview}
        onInherit={systemId === null || isInherited ? undefined : () => void run({ systemId, rule: null })}
        onSave={() => setSaving(true)}
      />
      {problem ? <Fault of={problem} /> : null}
      {tried ? <PreviewOf of={tried.preview} /> : null}
      {tried && saving ? (
        <Saving
          tried={tried}
          present={present}
          onClose={(saved) => {
            setSaving(false);
            if (saved) forget();
          }}
        />
      ) : null}
    </>
  );
};

const Versions = ({ systemId }: { readonly systemId: string | null }) => (
  <Loaded query={useQuery(ruleVersionsQuery(systemId))}>
    {({ items }) =>
      items.length === 0 ? (
        <p className="quiet">It never had a rule of its own.</p>
      ) : (
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Since</th>
              <th scope="col">By</th>
              <th scope="col">Rule</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <Version key={each.id} of={each} />
            ))}
          </tbody>
        </table>
      )
    }
  </Loaded>
);

const Version = ({ of }: { readonly of: RuleVersion }) => (
  <tr>
    <td>{of.version}</td>
    <td>
      <At at={of.changedAt} />
    </td>
    <td>{of.changedBy}</td>
    <td>
      {of.rule === null
        ? 'inherits the rule of all'
        : `${groupingWords[of.rule.grouping]}, ${floorWords(of.rule)}; findings: ${filterWords(of.rule)}`}
    </td>
    <td>{of.reason}</td>
  </tr>
);

export const RulePage = () => {
  const { systemId } = useParams({ strict: false });
  return (
    <div className={detail['page']}>
      <nav className={detail['crumbs']} aria-label="Way here">
        <Link to="/setup/rules">Weakness rules</Link>
      </nav>
      <Loaded query={useQuery(rulesQuery)} whole>
        {(rules) => {
          const boundary = rules.boundaries.find((each) => each.systemId === systemId);
          if (systemId !== undefined && !boundary) return <p>You have no boundary of that name.</p>;
          const present = boundary?.rule ?? rules.inherited;
          return (
            <>
              <PageTitle
                title={
                  boundary
                    ? `Weakness rule of ${boundary.name}`
                    : 'Weakness rule of every boundary without one of its own'
                }
              />
              <Editor
                key={`${systemId ?? ''} ${present.id}`}
                systemId={systemId ?? null}
                isInherited={boundary?.isInherited ?? false}
                present={present}
              />
              <Section title="Versions">
                <Versions systemId={systemId ?? null} />
              </Section>
            </>
          );
        }}
      </Loaded>
    </div>
  );
};
