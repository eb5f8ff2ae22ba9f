/** Files of evidence of a POA&M, and whether the GRC system has them. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  deliverPoamEvidence,
  type PoamDetail,
  type PoamEvidence,
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
function standing({ state, connection, artifactId, refusal, unsentCode, deliveredBy }: PoamEvidence): string {
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
  }
}

const Delivered = ({
  poamId,
  of,
  onClose,
}: {
  readonly poamId: string;
  readonly of: PoamEvidence;
  readonly onClose: () => void;
}) => {
  const done = useDone(onClose);
  return (
    <ActionDialog
      title="Taken there by hand"
      verb="Yes, it is there"
      onClose={onClose}
      onRun={async () => {
        await deliverPoamEvidence(poamId, of.sha256);
        await done(`${of.name} waits no longer.`);
      }}
    >
      <p>
        {of.name} is in {of.connection ?? 'the GRC system'} already: somebody took it there. Tieline does not
        send it.
      </p>
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
  const [isOpen, setIsOpen] = useState(false);
  const mayWrite = useMay('poam:write');
  const isStuck = of.state === 'unsent' || of.state === 'refused';
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
        <span className={isStuck ? 'strong' : undefined}>{standing(of)}</span>{' '}
        {isStuck ? (
          <ActButton
            variant="default"
            why={mayWrite ? undefined : 'Only who may change POA&Ms says so.'}
            onPress={() => setIsOpen(true)}
          >
            Taken there by hand…
          </ActButton>
        ) : null}
        {isOpen ? <Delivered poamId={poamId} of={of} onClose={() => setIsOpen(false)} /> : null}
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
          <Row key={file.sha256} poamId={of.poam.poamId} of={file} />
        ))}
      </tbody>
    </table>
  );
