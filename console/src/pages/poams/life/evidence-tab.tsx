/** Files of evidence of a POA&M, and whether the GRC system has them. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  acceptPoamEvidence,
  deliverPoamEvidence,
  type PoamDetail,
  type PoamEvidence,
  resendPoamEvidence,
  savePoamEvidence,
} from '../../../api/poams.ts';
import { problemOf } from '../../../api/http/problem.ts';
import { ActButton } from '../../../kit/act/act-button.tsx';
import { ActionDialog } from '../../../kit/act/action-dialog.tsx';
import styles from '../../../kit/detail/detail.module.css';
import { At } from '../../../kit/marks/when.tsx';
import { tell } from '../../../kit/notice.tsx';
import { RecordLink } from '../../../kit/record-link.tsx';
import { sizeText } from '../../../kit/marks/size-text.ts';
import { useDone } from '../../../kit/act/use-done.ts';
import { useMay } from '../../../shell/use-session.ts';

const unsentWords: Readonly<Record<NonNullable<PoamEvidence['unsentCode']>, string>> = {
  no_endpoint: 'it takes no files by its profile',
  no_mapping: 'no mapping sends the name and the hash of a file',
  policy: 'its policies let no file out',
};

/** Where a file is, in a line. */
function standing(of: PoamEvidence): string {
  const { state, connection, artifactId, refusal, unsentCode, deliveredBy, otherSha256, decidedBy } = of;
  const there = connection ?? 'the GRC system';
  switch (state) {
    case 'sent':
      return `In ${there} as ${artifactId ?? ''}`;
    case 'delivered':
      return `Taken to ${there} by hand by ${deliveredBy ?? 'somebody'}`;
    case 'refused':
      return `Refused by ${there}: ${refusal ?? ''}`;
    case 'waits':
      return connection === null ? 'Goes with its POA&M' : `Goes to ${there} with the next sync`;
    case 'unsent':
      return `Not sent to ${there}: ${unsentCode === null ? '' : unsentWords[unsentCode]}`;
    case 'gone':
      return `Gone from ${there}, where it was ${artifactId ?? ''}`;
    case 'changed':
      return `Changed in ${there}: ${artifactId ?? ''} is another file (${otherSha256?.slice(0, 12) ?? ''}…)`;
    case 'accepted':
      return `${otherSha256 === null ? `Gone from ${there}` : `Another file in ${there}`}, accepted by ${decidedBy ?? 'somebody'}`;
    case 'replaced':
      return `Lost in ${there} as ${artifactId ?? ''}; ${decidedBy ?? 'somebody'} had it sent again`;
  }
}

interface Choice {
  readonly press: string;
  readonly title: string;
  readonly verb: string;
  readonly run: typeof deliverPoamEvidence;
  readonly said: (of: PoamEvidence, there: string) => string;
  readonly done: (of: PoamEvidence) => string;
}

const delivered: Choice = {
  press: 'Taken there by hand…',
  title: 'Taken there by hand',
  verb: 'Yes, it is there',
  run: deliverPoamEvidence,
  said: ({ name }, there) =>
    `${name} is in ${there} already: somebody took it there. Tieline does not send it.`,
  done: ({ name }) => `${name} waits no longer.`,
};
const again: Choice = {
  press: 'Send again…',
  title: 'Send the file again',
  verb: 'Send again',
  run: resendPoamEvidence,
  said: ({ name }, there) =>
    `${name} goes to ${there} again with the next sync, as an artifact of its own. What is there in its place stays.`,
  done: ({ name }) => `${name} is sent again with the next sync.`,
};
const accepted: Choice = {
  press: 'Accept…',
  title: 'Accept what is there',
  verb: 'Accept',
  run: acceptPoamEvidence,
  said: ({ name, otherSha256 }, there) =>
    otherSha256 === null
      ? `${name} stays gone from ${there}. Tieline keeps its own copy and does not send it.`
      : `${there} keeps the other file in place of ${name}. Tieline keeps its own copy and does not send it.`,
  done: ({ name }) => `What is there in place of ${name} is accepted.`,
};

const choices: Readonly<Partial<Record<PoamEvidence['state'], readonly Choice[]>>> = {
  unsent: [delivered],
  refused: [delivered],
  gone: [again, accepted],
  changed: [again, accepted],
};

const Chosen = ({
  choice,
  poamId,
  of,
  onClose,
}: {
  readonly choice: Choice;
  readonly poamId: string;
  readonly of: PoamEvidence;
  readonly onClose: () => void;
}) => {
  const done = useDone(onClose);
  return (
    <ActionDialog
      title={choice.title}
      verb={choice.verb}
      onClose={onClose}
      onRun={async () => {
        await choice.run(poamId, of.sha256);
        await done(choice.done(of));
      }}
    >
      <p>{choice.said(of, of.connection ?? 'the GRC system')}</p>
    </ActionDialog>
  );
};

const purposeOf = (of: PoamEvidence) =>
  of.deviationId === null ? (
    'What it was closed on'
  ) : (
    <RecordLink kind="deviation" id={String(of.deviationId)}>
      Deviation {of.deviationId}
    </RecordLink>
  );

const Row = ({ poamId, of }: { readonly poamId: string; readonly of: PoamEvidence }) => {
  const [chosen, setChosen] = useState<Choice>();
  const mayWrite = useMay('poam:write');
  const offered = choices[of.state] ?? [];
  return (
    <tr>
      <td>
        <Button
          variant="subtle"
          style={{ paddingInline: 0 }}
          onClick={() => {
            savePoamEvidence(poamId, of).catch((error: unknown) => tell(problemOf(error).message));
          }}
        >
          {of.name}
        </Button>
      </td>
      <td>{purposeOf(of)}</td>
      <td>{sizeText(of.bytes)}</td>
      <td className="mono" title={of.sha256}>
        {of.sha256.slice(0, 12)}…
      </td>
      <td>
        {of.addedBy}, <At at={of.addedAt} />
      </td>
      <td>
        <span className={offered.length > 0 ? 'strong' : undefined}>{standing(of)}</span>
        {of.differsSince === null ? null : (
          <>
            {' '}
            <span className="quiet">
              noticed <At at={of.differsSince} />
            </span>
          </>
        )}{' '}
        {offered.map((choice) => (
          <ActButton
            key={choice.title}
            variant="default"
            why={mayWrite ? undefined : 'Only who may change POA&Ms decides this.'}
            onPress={() => setChosen(choice)}
          >
            {choice.press}
          </ActButton>
        ))}
        {chosen ? (
          <Chosen choice={chosen} poamId={poamId} of={of} onClose={() => setChosen(undefined)} />
        ) : null}
      </td>
    </tr>
  );
};

export const EvidenceTab = ({ of }: { readonly of: PoamDetail }) =>
  of.evidence.length === 0 ? (
    <p className="quiet">
      No files yet. The evidence of its deviations and of its closure is listed here and sent to the GRC
      system.
    </p>
  ) : (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Evidence of</th>
          <th scope="col">Size</th>
          <th scope="col">SHA-256</th>
          <th scope="col">Added</th>
          <th scope="col">In the GRC system</th>
        </tr>
      </thead>
      <tbody>
        {of.evidence.map((file) => (
          <Row key={`${file.sha256} ${file.artifactId ?? ''}`} poamId={of.poam.poamId} of={file} />
        ))}
      </tbody>
    </table>
  );
