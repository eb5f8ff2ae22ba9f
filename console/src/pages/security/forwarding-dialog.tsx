/** Where the security log is forwarded to: seen, changed, tried. Where it may go at all is a setting of the server (TIELINE_ALERT_RECEIVERS). */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  type ForwardingWish,
  type SecurityForwarding,
  setForwarding,
  testForwarding,
} from '../../api/work/security.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { FilePick } from '../../kit/act/file-pick.tsx';
import { At } from '../../kit/marks/when.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import { forwardingWords as words } from './words.ts';

const changed = [['security-log'], ['list', 'security-events']];
const usual: ForwardingWish = {
  host: '',
  port: 6514,
  transport: 'tls',
  format: 'ecs',
  facility: 13,
  isEnabled: true,
  ca: null,
};

/** How far it is, and what is wrong with it. */
const Standing = ({ of }: { readonly of: SecurityForwarding }) => (
  <div role="status">
    {of.failingSince === null ? (
      <p className={of.lastSentAt === null ? 'quiet' : 'good'}>
        {of.lastSentAt === null ? (
          'Nothing was delivered yet.'
        ) : (
          <>
            Last delivered <At at={of.lastSentAt} />.
          </>
        )}
      </p>
    ) : (
      <p className="bad">
        Failing since <At at={of.failingSince} />: {of.failure} Nothing is lost; it is tried again every few
        seconds.
      </p>
    )}
    {of.behind + of.batches === 0 ? null : (
      <p className="quiet">
        Waiting: {of.behind.toLocaleString('en')} events in the database, {of.batches.toLocaleString('en')}{' '}
        batches in the spool of this server.
      </p>
    )}
  </div>
);

const AuthorityField = ({
  subjects,
  fault,
  onChange,
}: {
  /** Of the authorities that are set. */
  readonly subjects: readonly string[];
  readonly fault: string | undefined;
  readonly onChange: (ca: string | null) => void;
}) => (
  <>
    <FilePick
      label="CA file"
      hint="PEM of the authority that signed its certificate; none: the authorities that Tieline trusts"
      onPick={([file]) => {
        if (file) void file.text().then(onChange);
      }}
    />
    {subjects.length === 0 ? null : (
      <p className="quiet">
        Trusted now: {subjects.join(' or ')}.{' '}
        <Button variant="default" size="compact-xs" onClick={() => onChange(null)}>
          Trust Tieline’s authorities instead
        </Button>
      </p>
    )}
    {fault === undefined ? null : (
      <p className="bad" role="alert">
        {fault}
      </p>
    )}
  </>
);

interface FieldsProps {
  readonly wish: ForwardingWish;
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (change: Partial<ForwardingWish>) => void;
}

const PlaceFields = ({ wish, faults, onChange }: FieldsProps) => (
  <>
    <TextInput
      label="Server"
      description="Must be named in TIELINE_ALERT_RECEIVERS"
      value={wish.host}
      error={faults['host']}
      onChange={(event) => onChange({ host: event.currentTarget.value.trim() })}
      required
      data-autofocus
    />
    <TextInput
      mt="sm"
      label="Port"
      inputMode="numeric"
      value={String(wish.port)}
      error={faults['port']}
      onChange={(event) => onChange({ port: Number(event.currentTarget.value.replaceAll(/\D/g, '')) })}
      required
    />
  </>
);

const Fields = ({
  wish,
  subjects,
  faults,
  onChange,
}: FieldsProps & { readonly subjects: readonly string[] }) => (
  <>
    <PlaceFields wish={wish} faults={faults} onChange={onChange} />
    <NativeSelect
      mt="sm"
      label="Transport"
      data={words.transports}
      value={wish.transport}
      onChange={(event) => onChange({ transport: event.currentTarget.value as ForwardingWish['transport'] })} // one of the options
    />
    {wish.transport === 'tls' ? (
      <AuthorityField
        subjects={wish.ca === null ? [] : subjects}
        fault={faults['ca']}
        onChange={(ca) => onChange({ ca })}
      />
    ) : (
      <p className="attention">TCP is not encrypted: anyone on the way can read and change the log.</p>
    )}
    <NativeSelect
      mt="sm"
      label="Format"
      data={words.formats}
      value={wish.format}
      onChange={(event) => onChange({ format: event.currentTarget.value as ForwardingWish['format'] })} // one of the options
    />
    <NativeSelect
      mt="sm"
      label="Forwarding"
      data={words.switches}
      value={wish.isEnabled ? 'on' : 'off'}
      onChange={(event) => onChange({ isEnabled: event.currentTarget.value === 'on' })}
    />
  </>
);

const Form = ({
  of,
  onClose,
  onTest,
}: {
  readonly of: SecurityForwarding | null;
  readonly onClose: () => void;
  readonly onTest: () => void;
}) => {
  const [wish, setWish] = useState<ForwardingWish>(() =>
    of === null
      ? usual
      : {
          host: of.host,
          port: of.port,
          transport: of.transport,
          format: of.format,
          facility: of.facility,
          isEnabled: of.isEnabled,
          ca: of.ca,
        },
  );
  const done = useDone(wish.isEnabled ? onTest : onClose, changed);
  return (
    <ActionDialog
      title="Forward the log"
      verb="Save"
      incomplete={wish.host === '' || wish.port === 0}
      fields={['host', 'port', 'ca']}
      onClose={onClose}
      onRun={async () => {
        await setForwarding({ ...wish, ca: wish.transport === 'tls' ? wish.ca : null });
        await done(
          wish.isEnabled ? 'Saved: new events are forwarded from now on.' : 'Saved: nothing is forwarded.',
        );
      }}
    >
      {(faults) => (
        <>
          <p className="quiet" style={{ marginBottom: 12 }}>
            New events are sent to a SIEM as they are written, by syslog (RFC 5424). While it cannot be
            reached they wait on this server’s disk.
          </p>
          {of === null ? null : <Standing of={of} />}
          <Fields
            wish={wish}
            subjects={of?.authorities ?? []}
            faults={faults}
            onChange={(change) => setWish((before) => ({ ...before, ...change }))}
          />
        </>
      )}
    </ActionDialog>
  );
};

const TestDialog = ({ of, onClose }: { readonly of: SecurityForwarding; readonly onClose: () => void }) => {
  const done = useDone(onClose, changed);
  return (
    <ActionDialog
      title="Test the forwarding"
      verb="Send a test event"
      onClose={onClose}
      onRun={async () => {
        const { tookMs } = await testForwarding();
        await done(`${of.host} accepted the test in ${tookMs} ms. Look for “test of the forwarding” there.`);
      }}
    >
      <p>
        Sends one made-up event to {of.host}:{of.port} by {of.transport.toUpperCase()} now, whatever else
        waits.
      </p>
    </ActionDialog>
  );
};

export type ForwardingStep = 'set' | 'test';

export const ForwardingDialog = ({
  of,
  step,
  onStep,
}: {
  /** Null: it was never set. */
  readonly of: SecurityForwarding | null;
  readonly step: ForwardingStep;
  /** @param step undefined: it is closed. */
  readonly onStep: (step: ForwardingStep | undefined) => void;
}) =>
  step === 'test' && of !== null ? (
    <TestDialog of={of} onClose={() => onStep(undefined)} />
  ) : (
    <Form
      key={of?.changedAt ?? 'new'}
      of={of}
      onClose={() => onStep(undefined)}
      onTest={() => onStep('test')}
    />
  );
