/** Who did what, from where, and whether it was allowed; when the log was verified, and what that found. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  securityForwardingQuery,
  type SecurityLogVerified,
  securityLogQuery,
  verifySecurityLog,
} from '../../api/work/security.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import { useMay } from '../../shell/use-session.ts';
import { eventList } from './event-list.tsx';
import { ForwardingDialog, type ForwardingStep } from './forwarding-dialog.tsx';
import { words } from './words.ts';

const shownFaults = 20;

const Found = ({ of }: { readonly of: SecurityLogVerified }) => (
  <>
    <p className={of.tampered === 0 ? 'good' : 'bad strong'} role="status">
      {of.rows.toLocaleString('en')} rows in {of.chains} chains:{' '}
      {of.tampered === 0
        ? 'unbroken.'
        : `${of.tampered === 1 ? 'one fault' : `${of.tampered.toLocaleString('en')} faults`}. Keep everything as it is, and tell the ISSM.`}
    </p>
    {of.keptHeadsAt === null ? (
      <p className="quiet">This server keeps no heads yet, so a missing end may go unnoticed.</p>
    ) : (
      <p className="quiet">
        Compared with the heads that this server kept <At at={of.keptHeadsAt} />.
      </p>
    )}
    <ul>
      {of.faults.slice(0, shownFaults).map((fault) => (
        <li key={`${fault.log} ${fault.says}`}>{fault.says}</li>
      ))}
    </ul>
    {of.faultCount > shownFaults ? (
      <p>The first {shownFaults} are shown; `tieline security verify` names more.</p>
    ) : null}
  </>
);

const VerifyDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const [found, setFound] = useState<SecurityLogVerified>();
  const done = useDone(onClose, [['security-log'], ['list', 'security-events']]);
  return (
    <ActionDialog
      title="Verify the log"
      verb={found ? 'Close' : 'Verify every row'}
      onClose={onClose}
      onRun={async () => {
        if (found) await done(found.tampered === 0 ? 'The log is unbroken.' : 'The log has faults.');
        else setFound(await verifySecurityLog());
      }}
    >
      {found ? (
        <Found of={found} />
      ) : (
        <p>
          Every row is checked against its link in the chain, and the ends of the chains against heads that
          were kept outside the database. A log of a million rows takes about half a minute.
        </p>
      )}
    </ActionDialog>
  );
};

/** Whether the log is forwarded is seen at a glance; the two buttons change and try it. */
const Forwarding = () => {
  const { data } = useQuery(securityForwardingQuery);
  const [step, setStep] = useState<ForwardingStep>();
  if (data === undefined) return null;
  const of = data.forwarding;
  return (
    <>
      {' '}
      <ActButton variant="default" onPress={() => setStep('set')}>
        Forward…
      </ActButton>{' '}
      {of?.isEnabled === true ? (
        <>
          <ActButton variant="default" onPress={() => setStep('test')}>
            Test…
          </ActButton>{' '}
          {of.failingSince === null ? (
            <span className="quiet">Forwarded to {of.host}</span>
          ) : (
            <span className="bad strong">
              Not forwarded to {of.host} since <At at={of.failingSince} />
            </span>
          )}
        </>
      ) : null}
      {step === undefined ? null : <ForwardingDialog of={of} step={step} onStep={setStep} />}
    </>
  );
};

const Tools = () => {
  const { data } = useQuery(securityLogQuery);
  const mayAdminister = useMay('audit:administer');
  const [open, setOpen] = useState(false);
  const last = data?.verified;
  return (
    <>
      {last === undefined ? null : last === null ? (
        <span className="quiet">Not verified yet</span>
      ) : (
        <span className={last.faults === 0 ? 'quiet' : 'bad strong'}>
          {last.faults === 0
            ? 'Unbroken'
            : last.faults === 1
              ? 'One fault'
              : `${last.faults.toLocaleString('en')} faults`}
          , verified <When at={last.at} />
        </span>
      )}{' '}
      {mayAdminister ? (
        <>
          <ActButton variant="default" onPress={() => setOpen(true)}>
            Verify…
          </ActButton>
          <Forwarding />
        </>
      ) : null}
      {open ? <VerifyDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
};

export const SecurityLogPage = () => <ListPage spec={eventList} title={words.title} tools={<Tools />} />;
