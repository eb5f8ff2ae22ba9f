/** One deviation: what was asked and why, who decided, its evidence, and where it holds on the other side. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type DeviationDetail, deviationQuery, saveEvidence } from '../../api/decisions/deviations.ts';
import { problemOf } from '../../api/http/problem.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { type Fact, Facts, Prose, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { SeverityWord } from '../../kit/marks/severity.tsx';
import { At, Day, Ends } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { sizeText } from '../../kit/marks/size-text.ts';
import { useMay, useSession } from '../../shell/use-session.ts';
import { Attach, CheckIn, Withdraw } from './change-dialogs.tsx';
import { detailTitle, kindTitles, stateWords, words } from './words.ts';

const Head = ({ of }: { readonly of: DeviationDetail }) => (
  <>
    <span className="strong">{stateWords(of.state)}</span>
    <span>
      <span className="quiet">of </span>
      <RecordLink kind="poam" id={of.poamId}>
        {of.poamId}
      </RecordLink>{' '}
      {of.weakness}
    </span>
    {of.movedFrom === null ? null : (
      <span className="quiet">asked for {of.movedFrom}, which was merged into it</span>
    )}
    <SeverityWord of={of.severity} />
    {of.boundary === null ? null : (
      <span>
        <span className="quiet">system </span>
        <RecordLink kind="system" id={of.boundary}>
          {of.boundaryName ?? of.boundary}
        </RecordLink>
      </span>
    )}
    {of.expiresOn === null ? (
      <span className="quiet">no end</span>
    ) : (
      <span>
        <span className="quiet">last day </span>
        <Ends on={of.expiresOn} withDay />
      </span>
    )}
  </>
);

/** Texts, and of a risk adjustment a table of metrics with why. */
const detailFacts = ({ details }: DeviationDetail): readonly Fact[] =>
  Object.entries(details).flatMap(([name, value]): Fact[] => {
    if (typeof value === 'string') return [[detailTitle(name), value]];
    return Object.entries(value ?? {}).flatMap(([metric, why]): Fact[] =>
      typeof why === 'string' ? [[`Why ${metric} differs`, why]] : [],
    );
  });

const Asked = ({ of }: { readonly of: DeviationDetail }) => (
  <Section title={of.state === 'found' ? 'What the rule says' : 'What is asked'}>
    <Prose text={of.rationale} />
    <Facts
      columns={1}
      of={[
        [
          of.state === 'found' ? 'Found in' : 'Asked by',
          <>
            {of.requestedBy}, <At at={of.requestedAt} />
          </>,
        ],
        ...(of.adjustedSeverity === null ? [] : [['Rated', of.adjustedSeverity] as const]),
        ...(of.reviewOn === null
          ? []
          : [['Looked at again on', <Day key="day" at={of.reviewOn} />] as const]),
        ...(of.compensatingControls === null
          ? []
          : [['Compensating controls', of.compensatingControls] as const]),
        ...detailFacts(of),
      ]}
    />
  </Section>
);

const Decided = ({ of }: { readonly of: DeviationDetail }) => (
  <Section title="Who decides">
    {of.state === 'found' ? (
      <p>
        Somebody made a rule at the scanner, and nobody approved it here. Ask for it from the page of{' '}
        <RecordLink kind="poam" id={of.poamId}>
          {of.poamId}
        </RecordLink>
        , or let those who decide end it at the scanner.
      </p>
    ) : of.approvalId === null && of.decidedIn !== null && of.decidedAt !== null ? (
      <p>
        {of.state === 'rejected' ? 'Rejected' : 'Approved'} in {of.decidedIn} by {of.decidedBy},{' '}
        <At at={of.decidedAt} />.
      </p>
    ) : of.approvalId === null ? (
      <p className="quiet">Nobody is asked for this: it is recorded.</p>
    ) : (
      <p>
        {of.decidedAt === null ? (
          'Nobody has decided it yet. '
        ) : (
          <>
            {of.state === 'rejected' ? 'Rejected' : 'Approved'} by {of.decidedBy}, <At at={of.decidedAt} />
            {of.decisionReason === null ? '' : `: ${of.decisionReason}`}.{' '}
          </>
        )}
        <RecordLink kind="approval" id={of.approvalId}>
          The request
        </RecordLink>
      </p>
    )}
    {of.endedAt === null ? null : (
      <p>
        {stateWords(of.state)}
        {of.endedBy === null ? '' : ` by ${of.endedBy}`}, <At at={of.endedAt} />
        {of.endReason === null ? '' : `: ${of.endReason}`}
      </p>
    )}
  </Section>
);

const EvidenceTable = ({ of }: { readonly of: DeviationDetail }) => (
  <Section title={`Evidence (${of.evidence.length})`}>
    {of.evidence.length === 0 ? (
      <p className="quiet">No file is attached.</p>
    ) : (
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Size</th>
            <th scope="col">SHA-256</th>
            <th scope="col">Added</th>
          </tr>
        </thead>
        <tbody>
          {of.evidence.map((file) => (
            <tr key={file.sha256}>
              <td>
                <Button
                  variant="subtle"
                  style={{ paddingInline: 0 }}
                  onClick={() => {
                    saveEvidence(of.id, file).catch((error: unknown) => tell(problemOf(error).message));
                  }}
                >
                  {file.name}
                </Button>
              </td>
              <td>{sizeText(file.bytes)}</td>
              <td className="mono" title={file.sha256}>
                {file.sha256.slice(0, 12)}…
              </td>
              <td>
                {file.addedBy}, <At at={file.addedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Section>
);

const ruleState = ({ status, isThere }: DeviationDetail['rules'][number]): string =>
  status === 'withdrawn' ? 'ended' : isThere ? 'in force' : 'sent by the next sync';

const Holds = ({ of }: { readonly of: DeviationDetail }) => (
  <Section
    title={
      of.isWholePoam
        ? 'On all assets of the POA&M'
        : `On ${of.assets.length === 1 ? 'this asset' : 'these assets'} only`
    }
  >
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">Asset</th>
          <th scope="col">Open findings</th>
          <th scope="col">At the scanner</th>
        </tr>
      </thead>
      <tbody>
        {of.assets.map((asset) => {
          const rules = of.rules.filter(({ assetUuid }) => assetUuid === asset.assetUuid);
          return (
            <tr key={asset.assetUuid}>
              <td>
                <RecordLink kind="asset" id={asset.assetUuid}>
                  {asset.hostname ?? asset.assetUuid}
                </RecordLink>
              </td>
              <td>{asset.open}</td>
              <td>
                {rules.length === 0 ? (
                  <span className="quiet">no rule</span>
                ) : (
                  rules.map((rule) => (
                    <div key={rule.acceptanceId}>
                      {rule.connection}: plugin {rule.pluginId}, {ruleState(rule)}
                    </div>
                  ))
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </Section>
);

const CheckIns = ({ of }: { readonly of: DeviationDetail }) =>
  of.kind !== 'vendor_dependency' ? null : (
    <Section title="When the vendor was asked">
      {of.nextCheckIn === null ? null : (
        <p>
          To be asked again by <Day at={of.nextCheckIn} />.
        </p>
      )}
      <ul>
        {of.checkIns.map(({ on, by, note }) => (
          <li key={`${on} ${note}`}>
            <Day at={on} /> by {by}: {note}
          </li>
        ))}
      </ul>
    </Section>
  );

const dialogs = { withdraw: Withdraw, attach: Attach, checkIn: CheckIn } as const;

const WholePage = ({ of }: { readonly of: DeviationDetail }) => {
  const may = useMay('deviation:request');
  const mayGrant = useMay('deviation:approve');
  const { person } = useSession();
  const wasGranted = of.state === 'approved' && of.approvalId !== null;
  const isMine = [person.name, person.displayName].includes(of.requestedBy);
  const mayWithdraw = mayGrant || (may && isMine && !wasGranted);
  const [open, setOpen] = useState<keyof typeof dialogs>();
  const isFound = of.state === 'found';
  const isLiving = of.state === 'requested' || of.state === 'approved';
  const Dialog = open === undefined ? undefined : dialogs[open];
  return (
    <div className={styles['page']}>
      <DetailHead
        parent={{ to: '/deviations', title: words.title }}
        title={`${kindTitles[of.kind]} ${of.id}`}
        marks={<Head of={of} />}
        actions={
          isFound ? (
            mayGrant ? (
              <ActButton variant="default" onPress={() => setOpen('withdraw')}>
                End it at the scanner…
              </ActButton>
            ) : null
          ) : isLiving ? (
            <>
              {may && of.kind === 'vendor_dependency' ? (
                <ActButton variant="default" onPress={() => setOpen('checkIn')}>
                  Vendor was asked…
                </ActButton>
              ) : null}
              {may ? (
                <ActButton variant="default" onPress={() => setOpen('attach')}>
                  Add evidence…
                </ActButton>
              ) : null}
              {mayWithdraw ? (
                <ActButton variant="default" onPress={() => setOpen('withdraw')}>
                  Withdraw…
                </ActButton>
              ) : null}
            </>
          ) : null
        }
      />
      {of.notices.map(({ kind, text }) => (
        <p key={kind} className="attention">
          It {text}.
        </p>
      ))}
      <Asked of={of} />
      <Decided of={of} />
      <Holds of={of} />
      <EvidenceTable of={of} />
      <CheckIns of={of} />
      {Dialog ? <Dialog of={of} onClose={() => setOpen(undefined)} /> : null}
    </div>
  );
};

export const DeviationPage = () => {
  const { deviationId = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(deviationQuery(Number(deviationId)))} whole>
      {(of) => <WholePage key={of.id} of={of} />}
    </Loaded>
  );
};
