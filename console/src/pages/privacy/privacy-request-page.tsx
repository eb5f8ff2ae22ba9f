/** One privacy request: what is asked, by when, what may be done now, what was found, what was done. */
import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';
import {
  privacyQuery,
  type PrivacyRequest,
  savePrivacyCopy,
  takePrivacyStep,
} from '../../api/work/privacy.ts';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { type Fact, Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, Due } from '../../kit/marks/when.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { useMay } from '../../shell/use-session.ts';
import { DisclosureTable } from './disclosures-page.tsx';
import { SearchResult } from './search-result.tsx';
import {
  AmendDialog,
  AnnotateDialog,
  AppealDialog,
  DisagreeDialog,
  GrantDialog,
  IdentifyDialog,
  PlainDialog,
  RefuseDialog,
  SearchDialog,
} from './step-dialogs.tsx';
import { usePrivacyDone } from './use-privacy-done.ts';
import {
  consentWords,
  identityWords,
  mayTake,
  personOf,
  reasonWords,
  statusWords,
  stepWords,
  typeWords,
  words,
} from './words.ts';

interface DialogProps {
  readonly of: PrivacyRequest;
  readonly onClose: () => void;
}
interface Action {
  readonly label: string;
  readonly may: (of: PrivacyRequest) => boolean;
  readonly dialog: ComponentType<DialogProps>;
  /** What usually comes next. */
  readonly isNext?: boolean;
}

const plain =
  (
    step: 'acknowledge' | 'ask-identity' | 'review' | 'close',
    title: string,
    verb: string,
  ): Action['dialog'] =>
  (props) => <PlainDialog {...props} step={step} title={title} verb={verb} />;

const isAmendable = ({ type, status }: PrivacyRequest): boolean =>
  type === 'amendment' && ['review', 'granted', 'partly_granted', 'appealed'].includes(status);

const actions: readonly Action[] = [
  {
    label: 'Acknowledge…',
    may: (of) => mayTake(of, 'acknowledge'),
    dialog: plain('acknowledge', 'The receipt was acknowledged', 'Acknowledge'),
    isNext: true,
  },
  {
    label: 'Ask for proof of identity…',
    may: (of) => mayTake(of, 'ask_identity'),
    dialog: plain('ask-identity', 'Proof of identity was asked for', 'Record'),
  },
  {
    label: 'Identity verified…',
    may: (of) => mayTake(of, 'identify'),
    dialog: IdentifyDialog,
    isNext: true,
  },
  {
    label: 'Search…',
    may: (of) => mayTake(of, 'search') && of.status !== 'appealed',
    dialog: SearchDialog,
    isNext: true,
  },
  {
    label: 'Begin the review…',
    may: (of) => of.status === 'searching',
    dialog: plain('review', 'Begin the review of what was found', 'Begin'),
    isNext: true,
  },
  { label: 'Correct a record…', may: isAmendable, dialog: AmendDialog },
  { label: 'Annotate…', may: isAmendable, dialog: AnnotateDialog },
  { label: 'Grant…', may: (of) => mayTake(of, 'grant'), dialog: GrantDialog, isNext: true },
  { label: 'Refuse…', may: (of) => mayTake(of, 'refuse'), dialog: RefuseDialog },
  { label: 'Appeal…', may: (of) => mayTake(of, 'appeal'), dialog: AppealDialog },
  { label: 'Statement of disagreement…', may: (of) => mayTake(of, 'disagree'), dialog: DisagreeDialog },
  {
    label: 'Close…',
    may: (of) => mayTake(of, 'close'),
    dialog: plain('close', 'Close the request', 'Close it'),
    isNext: true,
  },
];

const Actions = ({ of }: { readonly of: PrivacyRequest }) => {
  const [open, setOpen] = useState<Action>();
  const Dialog = open?.dialog;
  return (
    <>
      {actions
        .filter((action) => action.may(of))
        .map((action) => (
          <Button
            key={action.label}
            variant={action.isNext === true ? 'filled' : 'default'}
            onClick={() => setOpen(action)}
          >
            {action.label}
          </Button>
        ))}
      {Dialog === undefined ? null : <Dialog of={of} onClose={() => setOpen(undefined)} />}
    </>
  );
};

const said = (of: PrivacyRequest, key: string): string | null => {
  const value = of.response[key];
  return typeof value === 'string' && value !== '' ? value : null;
};
const worded = (texts: Readonly<Record<string, string>>, key: string | null): string | null =>
  key === null ? null : (texts[key] ?? key);

const factsOf = (of: PrivacyRequest): readonly Fact[] => [
  ['Person', [of.name, of.subjectId, of.mail].filter((each) => each !== null).join(', ')],
  ['Asks for', typeWords[of.type]],
  ['In their words', of.asked],
  ['Answer to', of.replyTo],
  ['Received', of.receivedOn],
  ['Acknowledge by', of.acknowledgeBy],
  ['Answer by', of.answerBy],
  ['Due now', of.due === null ? 'no day' : <Due key="due" by={of.due} settled={false} withDay />],
  [
    'Identity',
    of.identityHow === null
      ? 'not verified yet'
      : `${worded(identityWords, of.identityHow) ?? ''}, checked by ${of.identityBy ?? ''}`,
  ],
  ['Consent', worded(consentWords, of.consent)],
  ['Reason code', worded(reasonWords, said(of, 'exemption'))],
  ['Reason', said(of, 'reason')],
  ['How to appeal', said(of, 'appealTo')],
  ['Appeal', said(of, 'appeal')],
];

const Copy = ({ of }: { readonly of: PrivacyRequest }) => {
  const done = usePrivacyDone();
  const [busy, setBusy] = useState(false);
  const mayMake = of.status === 'review' || of.status === 'appealed';
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      await takePrivacyStep(of.id, 'copy');
      await done('The copy was made.');
    } catch (error) {
      tellProblem('The copy was not made', error);
    } finally {
      setBusy(false);
    }
  };
  const save = (form: 'html' | 'json'): void =>
    void savePrivacyCopy(of.id, form).catch((error: unknown) => tellProblem('The copy was not saved', error));
  return (
    <Section title="Copy for the person">
      <p>
        {of.readableSha256 === null
          ? 'No copy has been made yet.'
          : 'The copy contains what was found, the disclosures and the statements, and says what was left out and why.'}
      </p>
      <Group mt="sm">
        {mayMake ? (
          <Button variant="default" loading={busy} onClick={() => void make()}>
            {of.readableSha256 === null ? 'Make the copy' : 'Make it again'}
          </Button>
        ) : null}
        {of.readableSha256 === null ? null : (
          <>
            <Button variant="default" onClick={() => save('html')}>
              Save to read (HTML)
            </Button>
            <Button variant="default" onClick={() => save('json')}>
              Save as JSON
            </Button>
          </>
        )}
      </Group>
    </Section>
  );
};

const Body = ({ of }: { readonly of: PrivacyRequest }) => {
  const mayWrite = useMay('privacy:write');
  const names = [of.subjectId, of.name, of.mail].filter((each) => each !== null);
  return (
    <div className={styles['page']}>
      <DetailHead
        parent={{ to: '/privacy', title: words.title }}
        title={`${typeWords[of.type]}: ${personOf(of)}`}
        marks={
          <>
            <span className="quiet">Privacy request {of.id}</span>
            <span>{statusWords[of.status]}</span>
            {of.isLate ? <span className="bad">late</span> : null}
          </>
        }
        actions={mayWrite ? <Actions of={of} /> : null}
      />
      <Facts columns={1} of={factsOf(of).filter(([, value]) => value !== null)} />
      <Section title="What is held about the person">
        <SearchResult of={of} />
      </Section>
      {mayWrite ? <Copy of={of} /> : null}
      {of.statements.length === 0 ? null : (
        <Section title="Statements kept with records">
          <Facts
            columns={1}
            of={of.statements.map((each): Fact => [`${each.entity} ${each.recordId}`, each.statement])}
          />
        </Section>
      )}
      <Section title="Who received the record">
        <DisclosureTable of={names.join(',')} />
      </Section>
      <Section title="What was done">
        <ol>
          {of.steps.map((step) => (
            <li key={`${step.at} ${step.step}`}>
              {stepWords[step.step] ?? step.step} <At at={step.at} /> by {step.by}
            </li>
          ))}
        </ol>
      </Section>
    </div>
  );
};

export const PrivacyRequestPage = () => {
  const { privacyId = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(privacyQuery(privacyId))} whole>
      {(request) => <Body of={request} />}
    </Loaded>
  );
};
