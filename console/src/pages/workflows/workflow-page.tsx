/** One workflow: how it stands and why, what a version of it says, and what a person may do with it. Four eyes: decided is the version that is shown. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type WorkflowDetail, workflowQuery } from '../../api/workflows.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Prose, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { ButtonLink } from '../../kit/link.tsx';
import { At } from '../../kit/marks/when.tsx';
import { useMay, useSession } from '../../shell/use-session.ts';
import {
  standing,
  triggerWords,
  versionWords,
  whyNotDecide,
  whyNotOwn,
  whyNotRelease,
  words,
} from './words.ts';
import { type Doing, type ShownVersion, WorkflowDialog } from './workflow-dialogs.tsx';
import { WrittenPart } from './written-part.tsx';

/** What may be done now; `why` says why it may not be pressed. */
interface Offer {
  readonly act: Doing;
  readonly title: string;
  readonly isThere: boolean;
  readonly why?: string | undefined;
}

function useOffers(of: WorkflowDetail, shown: ShownVersion | undefined): readonly Offer[] {
  const [mayWrite, mayRun] = [useMay('workflow:write'), useMay('workflow:run')];
  const { name } = useSession().person;
  const waits = of.versions.some(({ state }) => state === 'waiting');
  const held = of.runs.held ?? 0;
  const isApproved = of.approvedVersion !== null;
  const whyUndecided = whyNotDecide(of, shown, name);
  const offers: readonly Offer[] = [
    { act: 'approve', title: 'Approve…', isThere: mayWrite && waits, why: whyUndecided },
    { act: 'reject', title: 'Reject…', isThere: mayWrite && waits, why: whyUndecided },
    { act: 'resume', title: 'Let it continue…', isThere: mayWrite && of.stopped !== null },
    {
      act: 'release',
      title: `Release ${held.toLocaleString('en')} held…`,
      isThere: mayWrite && held > 0,
      why: whyNotRelease(of, name),
    },
    { act: 'mode', title: 'Mode…', isThere: mayWrite && isApproved },
    { act: 'run', title: 'Run…', isThere: mayRun && isApproved && of.mode !== 'off' },
    { act: 'owner', title: 'Take over…', isThere: mayWrite, why: whyNotOwn(of, name) },
    { act: 'remove', title: 'Remove…', isThere: mayWrite },
  ];
  return offers.filter(({ isThere }) => isThere);
}

const Actions = ({
  of,
  shown,
}: {
  readonly of: WorkflowDetail;
  readonly shown: ShownVersion | undefined;
}) => {
  const [doing, setDoing] = useState<Doing>();
  const offers = useOffers(of, shown);
  const mayWrite = useMay('workflow:write');
  return (
    <>
      {offers.map(({ act, title, why }, at) => (
        <ActButton
          key={act}
          variant={at === 0 && why === undefined ? 'filled' : 'default'}
          why={why}
          onPress={() => setDoing(act)}
        >
          {title}
        </ActButton>
      ))}
      {mayWrite ? (
        <ButtonLink to="/workflows/$name/edit" params={{ name: of.name }} variant="default">
          Edit…
        </ButtonLink>
      ) : null}
      {doing === undefined ? null : (
        <WorkflowDialog of={of} shown={shown} doing={doing} onClose={() => setDoing(undefined)} />
      )}
    </>
  );
};

const Versions = ({
  of,
  name,
  shown,
}: {
  readonly of: WorkflowDetail['versions'];
  readonly name: string;
  readonly shown: number;
}) => (
  <Section title="Versions">
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Versions">
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Stands</th>
            <th scope="col">Saved</th>
            <th scope="col">Decided</th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {of.map((each) => (
            <tr key={each.version}>
              <td>
                <Link
                  to="/workflows/$name"
                  params={{ name }}
                  search={{ version: String(each.version) }}
                  aria-current={each.version === shown ? 'true' : undefined}
                  className={each.version === shown ? 'strong' : ''}
                  aria-label={`Version ${each.version}`}
                >
                  {each.version}
                </Link>
                {each.version === shown ? <span className="quiet"> shown</span> : null}
              </td>
              <td>{versionWords[each.state]}</td>
              <td>
                <At at={each.savedAt} /> by {each.savedBy}
              </td>
              <td>
                {each.decidedAt === null ? (
                  <span className="quiet">not yet</span>
                ) : (
                  <>
                    <At at={each.decidedAt} /> by {each.decidedBy}
                  </>
                )}
              </td>
              <td>{each.decisionNote ?? each.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </Section>
);

/** The version that the address names, else the one that waits for a decision, else the one that runs. */
function shownOf(
  { versions, shownVersion }: WorkflowDetail,
  asked: string | undefined,
): ShownVersion | undefined {
  const byNumber = (number: number) => versions.find(({ version }) => version === number);
  return (
    (asked === undefined ? undefined : byNumber(Number(asked))) ??
    versions.find(({ state }) => state === 'waiting') ??
    byNumber(shownVersion)
  );
}

const Standing = ({ of, shown }: { readonly of: WorkflowDetail; readonly shown: number }) => {
  const waiting = of.versions.find(({ state }) => state === 'waiting');
  return (
    <>
      {of.stopped ? (
        <p className="attention" role="status">
          It stopped by itself on <At at={of.stopped.at} />: {of.stopped.why}.
        </p>
      ) : null}
      {waiting ? (
        <p className="attention" role="status">
          Version {waiting.version}, saved by {waiting.savedBy}, waits for another person to approve it.{' '}
          {waiting.version === shown ? (
            'It is what is shown below.'
          ) : (
            <Link
              to="/workflows/$name"
              params={{ name: of.name }}
              search={{ version: String(waiting.version) }}
            >
              Show version {waiting.version}
            </Link>
          )}
        </p>
      ) : null}
    </>
  );
};

const Body = ({ of }: { readonly of: WorkflowDetail }) => {
  const { version: asked } = useSearch({ strict: false });
  const shown = shownOf(of, asked);
  const number = shown?.version ?? of.shownVersion;
  return (
    <div className={detail['page']}>
      <DetailHead
        parent={{ to: '/workflows', title: words.title }}
        title={of.title}
        marks={
          <>
            <span className="quiet mono">{of.name}</span>
            <span className={of.stopped ? 'bad' : of.mode === 'live' ? 'good' : ''}>{standing(of)}</span>
          </>
        }
        actions={<Actions of={of} shown={shown} />}
      />
      <Standing of={of} shown={number} />
      <Prose text={of.purpose} />
      <Facts
        of={[
          ['Started by', triggerWords(of)],
          ['About a', of.recordKind],
          ['Runs by the rights of', of.owner],
          ['Asks beyond', `${of.limit.toLocaleString('en')} records in 24 hours`],
          ['Next run', of.nextRunAt === null ? null : <At key="next" at={of.nextRunAt} />],
          [
            'Runs',
            <Link key="runs" to="/workflow-runs" search={{ workflow: of.name }}>
              {Object.values(of.runs)
                .reduce((sum, n) => sum + n, 0)
                .toLocaleString('en')}
            </Link>,
          ],
        ]}
      />
      <WrittenPart key={number} name={of.name} version={number} runs={of.approvedVersion} />
      <Versions of={of.versions} name={of.name} shown={number} />
    </div>
  );
};

export const WorkflowPage = () => {
  const { name = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(workflowQuery(name))} whole>
      {(of) => <Body of={of} />}
    </Loaded>
  );
};
