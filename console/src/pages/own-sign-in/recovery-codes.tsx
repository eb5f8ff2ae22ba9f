/** Recovery codes, shown once: to copy, to keep as a file, or to print from there. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { saveBlob } from '../../api/http/save-blob.ts';
import { CopyButton } from '../../kit/copy-button.tsx';

function save(codes: readonly string[]): void {
  const text = [
    'Recovery codes of Tieline. Each signs you in once beside your password.',
    '',
    ...codes,
    '',
  ].join('\r\n');
  saveBlob(new Blob([text], { type: 'text/plain' }), 'tieline-recovery-codes.txt');
}

export const RecoveryCodes = ({
  codes,
  onClose,
}: {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}) => {
  const [isKept, setIsKept] = useState(false);
  return (
    <Modal
      opened
      onClose={onClose}
      title="Your recovery codes"
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <p>
        Each of them stands in once for a second factor that you lost. Keep them where your phone is not: on
        paper in a safe place, or in a password store.
      </p>
      <ol data-secret style={{ columns: 2, margin: '12px 0', paddingInlineStart: 28 }}>
        {codes.map((code) => (
          <li key={code} className="mono" style={{ breakInside: 'avoid' }}>
            {code}
          </li>
        ))}
      </ol>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
        <Button variant="default" onClick={() => save(codes)}>
          Save as a file
        </Button>
        <CopyButton text={codes.join('\n')} what="the codes" />
      </div>
      <p className="attention" style={{ marginTop: 12 }}>
        They are shown only now.
      </p>
      <label style={{ display: 'block', margin: '8px 0 12px' }}>
        <input
          type="checkbox"
          checked={isKept}
          onChange={(event) => setIsKept(event.currentTarget.checked)}
        />{' '}
        I have kept them
      </label>
      <Button disabled={!isKept} onClick={onClose}>
        Done
      </Button>
    </Modal>
  );
};
