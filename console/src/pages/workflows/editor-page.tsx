/** Writes a workflow, in a form or in YAML: two views of one text. What is wrong is named by field or line, and it can be played before it is saved. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import {
  checkWorkflow,
  saveWorkflow,
  type WorkflowAids,
  workflowAidsQuery,
  type WorkflowProblem,
  workflowQuery,
} from '../../api/workflows.ts';
import { ActionDialog, Fault } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { useMay } from '../../shell/use-session.ts';
import { fieldId } from './form/form-state.ts';
import { recordWords } from './form/head-fields.tsx';
import { WorkflowForm } from './form/workflow-form.tsx';
import { ReplayPart } from './replay-part.tsx';
import { SourceField } from './source-field.tsx';
import { words } from './words.ts';
import styles from './workflows.module.css';

const blank = `name: my-workflow
title: What it does
purpose: For whom, and why.
trigger: {schedule: '0 6 * * *'}
record: poam
when: poam.open && has(poam.due) && daysUntil(poam.due) == 7
limit: 100
steps:
  - {id: tell, action: notify, with: {roles: [isso], say: '{poam.id} is due {poam.due}'}}
`;

/** The field of a path, or of the nearest thing around it that has one. */
function goToField(path: string): void {
  const keys = path.split('.');
  for (let length = keys.length; length > 0; length -= 1) {
    const id = fieldId(keys.slice(0, length).join('.'));
    const field = document.getElementById(id) ?? document.getElementById(`${id}-unfold`);
    if (!field) continue;
    field.focus();
    return;
  }
}

const Problems = ({ of, isForm }: { readonly of: readonly WorkflowProblem[]; readonly isForm: boolean }) => (
  <div role="alert" aria-label="What keeps it from being saved">
    <ul className="bad">
      {of.map(({ line, path, message }) => (
        <li key={`${path} ${message}`}>
          {line === undefined || isForm ? null : <span className="strong">Line {line}: </span>}
          {path === '' ? null : isForm ? (
            <button type="button" className={styles['toField']} onClick={() => goToField(path)}>
              {path}
            </button>
          ) : (
            <span className="mono">{path}</span>
          )}{' '}
          {message}
        </li>
      ))}
    </ul>
  </div>
);

/** Fields of conditions and actions, for the kind of record that is chosen. */
const Reference = ({ of }: { readonly of: WorkflowAids }) => {
  const kinds = Object.keys(of.fields) as (keyof WorkflowAids['fields'])[]; // its own keys
  const [kind, setKind] = useState<keyof WorkflowAids['fields']>('poam');
  return (
    <Section title="What there is to build with">
      <NativeSelect
        label="About a"
        value={kind}
        data={kinds.map((each) => ({ value: each, label: recordWords(each) }))}
        onChange={(event) => setKind(event.currentTarget.value as typeof kind)} // one of the options
      />
      <div className={styles['reference']} tabIndex={0} role="region" aria-label="Actions and fields">
        <h3>Actions</h3>
        <dl>
          {of.actions
            .filter(({ appliesTo }) => appliesTo.includes(kind))
            .map(({ name, title, permission }) => (
              <div key={name}>
                <dt className="mono strong">{name}</dt>
                <dd>
                  {title} <span className="quiet">(needs {permission})</span>
                </dd>
              </div>
            ))}
        </dl>
        <h3>Fields</h3>
        <dl>
          {(of.fields[kind] ?? []).map(({ path, title, type, words: choices }) => (
            <div key={path}>
              <dt className="mono">{path}</dt>
              <dd className="quiet">
                {title}; {choices.length > 0 ? choices.join(', ') : type}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Section>
  );
};

/** The same text, as it comes to be. */
const AsYaml = ({ source }: { readonly source: string }) => (
  <div>
    <div className={styles['beside']}>
      <Section title="As YAML">
        <pre className={styles['source']} tabIndex={0} aria-label="The workflow as YAML">
          {source}
        </pre>
      </Section>
    </div>
  </div>
);

const Saving = ({ source, onClose }: { readonly source: string; readonly onClose: () => void }) => {
  const router = useRouter();
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title="Save a version"
      verb="Save"
      reason="optional"
      onClose={onClose}
      onRun={async (note) => {
        const saved = await saveWorkflow({ source, ...(note === undefined ? {} : { note }) });
        tell(
          saved.isNew
            ? `Saved as version ${saved.version}. Another person approves it.`
            : `Nothing was saved: version ${saved.version} says the same already.`,
        );
        await queryClient.invalidateQueries({ queryKey: ['workflows'] });
        await router.navigate({ to: '/workflows/$name', params: { name: saved.name } });
      }}
    >
      <p>
        You own what you save: it runs by your rights, once another person has approved it and it is switched
        on.
      </p>
    </ActionDialog>
  );
};

/** What the server finds wrong; once a person asked, it is asked again whenever typing rests. */
function useCheck(source: string) {
  const [found, setFound] = useState<{
    readonly of: string;
    readonly problems: readonly WorkflowProblem[];
  }>();
  const [fault, setFault] = useState<Problem>();
  const newest = useRef('');
  const check = useCallback(async (text: string): Promise<void> => {
    newest.current = text;
    setFault(undefined);
    try {
      const { problems } = await checkWorkflow(text);
      if (newest.current === text) setFound({ of: text, problems });
    } catch (error) {
      setFault(problemOf(error));
    }
  }, []);
  const isOld = found !== undefined && found.of !== source;
  useEffect(() => {
    if (!isOld) return;
    const rest = setTimeout(() => void check(source), 600);
    return () => clearTimeout(rest);
  }, [isOld, source, check]);
  return { found, isRight: found?.problems.length === 0 && !isOld, fault, check: () => check(source) };
}

const exactly = { exact: true, includeSearch: true } as const;

/** Form and YAML are two addresses of one page; the one that is open is marked by its link. */
const Ways = () => (
  <nav className={detail['tabs']} aria-label="Ways to write it">
    <Link to="." search={(search) => ({ ...search, as: undefined })} activeOptions={exactly} replace>
      Form
    </Link>
    <Link to="." search={(search) => ({ ...search, as: 'yaml' })} activeOptions={exactly} replace>
      YAML
    </Link>
  </nav>
);

const Editor = ({ begin, aids }: { readonly begin: string; readonly aids: WorkflowAids }) => {
  const isForm = useSearch({ strict: false }).as !== 'yaml';
  const mayWrite = useMay('workflow:write');
  const [source, setSource] = useState(begin);
  const [saving, setSaving] = useState(false);
  const { found, isRight, fault, check } = useCheck(source);
  const problems = found?.problems ?? [];
  return (
    <>
      <Ways />
      <div className={styles['columns']}>
        <div>
          {isForm ? (
            <WorkflowForm source={source} aids={aids} problems={problems} change={setSource} />
          ) : (
            <SourceField value={source} aids={aids} onChange={setSource} />
          )}
          <div className={styles['bar']}>
            <Button variant={isRight ? 'default' : 'filled'} onClick={() => void check()}>
              Check
            </Button>
            {mayWrite && isRight ? <Button onClick={() => setSaving(true)}>Save…</Button> : null}
            {found === undefined ? <span className="quiet">It can be saved once it is checked.</span> : null}
            {isRight ? <span role="status">Nothing is wrong with it.</span> : null}
          </div>
          {fault ? <Fault of={fault} /> : null}
          {problems.length > 0 ? <Problems of={problems} isForm={isForm} /> : null}
          {isRight ? <ReplayPart source={source} /> : null}
        </div>
        {isForm ? <AsYaml source={source} /> : <Reference of={aids} />}
      </div>
      {saving ? <Saving source={source} onClose={() => setSaving(false)} /> : null}
    </>
  );
};

const Head = ({ title }: { readonly title: string }) => (
  <DetailHead parent={{ to: '/workflows', title: words.title }} title={title} />
);

/** A new one: blank, or as one that ships. */
export const NewWorkflowPage = () => {
  const { shipped } = useSearch({ strict: false });
  return (
    <div className={detail['page']}>
      <Head title="New workflow" />
      <Loaded query={useQuery(workflowAidsQuery)} whole>
        {(aids) => (
          <Editor
            key={shipped}
            aids={aids}
            begin={aids.shipped.find(({ name }) => name === shipped)?.source ?? blank}
          />
        )}
      </Loaded>
    </div>
  );
};

/** Begins with the latest version, also where it is not the one that runs: what another person wrote is not lost. */
const LatestEditor = ({ name, latest }: { readonly name: string; readonly latest: number }) => {
  // What is typed stays where another person saves a version meanwhile.
  const [version] = useState(latest);
  const aids = useQuery(workflowAidsQuery);
  return (
    <Loaded query={useQuery(workflowQuery(name, version))} whole>
      {(of) => (
        <>
          <Head title={`Edit ${of.title}`} />
          <p className="quiet">
            It begins as version {version} says
            {of.approvedVersion === null || of.approvedVersion === version
              ? ''
              : `; version ${of.approvedVersion} is the one that runs`}
            .
          </p>
          <Loaded query={aids}>{(known) => <Editor begin={of.source} aids={known} />}</Loaded>
        </>
      )}
    </Loaded>
  );
};

/** A further version of one that is there. */
export const EditWorkflowPage = () => {
  const { name = '' } = useParams({ strict: false });
  return (
    <div className={detail['page']}>
      <Loaded query={useQuery(workflowQuery(name))} whole>
        {({ latestVersion }) => <LatestEditor name={name} latest={latestVersion} />}
      </Loaded>
    </div>
  );
};
