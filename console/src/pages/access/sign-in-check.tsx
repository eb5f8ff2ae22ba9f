/** What is wrong with a way to sign in, and what to do; nobody signs in. */
import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { checkSmartCards, type SignInCheck } from '../../api/access/accounts.ts';
import { problemOf } from '../../api/http/problem.ts';
import { Fault } from '../../kit/act/action-dialog.tsx';
import { Section } from '../../kit/detail/facts.tsx';

const tones = { ok: '', warning: 'attention', failed: 'bad strong' };
const marks = { ok: 'Right', warning: 'To look at', failed: 'Wrong' };

export const CheckSection = ({
  title,
  told,
  check: run,
  children,
}: {
  readonly title: string;
  readonly told: string;
  readonly check: () => Promise<{ readonly items: readonly SignInCheck[] }>;
  readonly children?: ReactNode;
}) => {
  const check = useMutation({ mutationFn: run });
  return (
    <Section title={title}>
      {check.error ? <Fault of={problemOf(check.error)} /> : null}
      {check.data === undefined ? (
        <p className="quiet">{told}</p>
      ) : (
        <dl aria-live="polite">
          {check.data.items.map(({ check: what, status, detail: found, remedy }) => (
            <div key={`${what} ${found}`} style={{ marginBottom: 8 }}>
              <dt>
                <span className={tones[status]}>{marks[status]}</span>: {what}
              </dt>
              <dd style={{ marginLeft: 0, overflowWrap: 'anywhere' }} className="quiet">
                {found} {remedy ?? ''}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {children}
      <Button mt="sm" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        Check it now
      </Button>
    </Section>
  );
};

/** With the certificate of a card: whether it would be accepted, and why not. */
export const CardCheck = () => {
  const [pem, setPem] = useState('');
  return (
    <CheckSection
      title="Smart cards"
      told="The check reads the authorities and lists of revoked certificates that the settings name, and says what is wrong and what to do."
      check={() => checkSmartCards(pem.trim())}
    >
      <Textarea
        label="A card (optional)"
        description="Its certificate in PEM: the check says whether it would be accepted, and as whom"
        placeholder="-----BEGIN CERTIFICATE-----"
        value={pem}
        onChange={(event) => setPem(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={8}
        mt="sm"
      />
    </CheckSection>
  );
};
