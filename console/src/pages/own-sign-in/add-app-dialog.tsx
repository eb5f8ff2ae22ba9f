/** An authenticator app: its key as a picture and as text, and the code that shows that the app has it. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { encode } from 'uqr';
import { type AppKey, beginApp, confirmApp } from '../../api/access/factors.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';

const quietZone = 4;

/** Drawn here: the key goes nowhere. Black on white in the dark too, as cameras want it. */
const Picture = ({ of }: { readonly of: string }) => {
  const { data, size } = encode(of, { ecc: 'M', border: quietZone });
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width="200"
      height="200"
      role="img"
      aria-label="The key as a QR code"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={squares.join('')} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
};

const inGroups = (key: string): string => key.match(/.{1,4}/g)?.join(' ') ?? key;

export const AddAppDialog = ({
  onAdded,
  onClose,
}: {
  readonly onAdded: (codes: readonly string[] | null) => void;
  readonly onClose: () => void;
}) => {
  const [key, setKey] = useState<AppKey>();
  const [code, setCode] = useState('');
  if (!key)
    return (
      <ActionDialog
        title="Set up an authenticator app"
        verb="Show the key"
        onClose={onClose}
        onRun={async () => setKey(await beginApp())}
      >
        <p>
          An app on your phone shows another code every half minute: any that knows TOTP does. It needs no
          network. An app that you set up before is replaced.
        </p>
      </ActionDialog>
    );
  return (
    <ActionDialog
      key="confirm"
      title="Set up an authenticator app"
      verb="Confirm"
      incomplete={code.trim() === ''}
      fields={['code']}
      onClose={onClose}
      onRun={async () => onAdded((await confirmApp(code.trim())).recoveryCodes)}
    >
      {(faults) => (
        <>
          <p>Scan this with the app, or type the key into it. It is shown only now.</p>
          <div style={{ display: 'flex', gap: 16, alignItems: 'center', margin: '12px 0', flexWrap: 'wrap' }}>
            <Picture of={key.address} />
            <div>
              <code data-secret style={{ display: 'block', maxWidth: 200, overflowWrap: 'anywhere' }}>
                {inGroups(key.key)}
              </code>
              <CopyButton text={key.key} what="the key" />
            </div>
          </div>
          <TextInput
            label="The code that the app shows now"
            autoComplete="one-time-code"
            inputMode="numeric"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={faults['code']}
            required
          />
        </>
      )}
    </ActionDialog>
  );
};
