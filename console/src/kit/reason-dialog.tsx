/** Asks for the reason of something that is kept with it, and does it. */
import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { problemOf } from '../api/http/problem.ts';

export const ReasonDialog = ({
  title,
  children,
  act,
  size,
  disabled = false,
  onSend,
  onClose,
}: {
  readonly title: string;
  /** What it will do. */
  readonly children: ReactNode;
  /** On the button. */
  readonly act: string;
  readonly size?: 'md' | 'xl';
  readonly disabled?: boolean;
  /** @throws Problem, which is shown. */
  readonly onSend: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
}) => {
  const [reason, setReason] = useState('');
  const send = useMutation({ mutationFn: onSend, onSuccess: onClose });
  const problem = send.error ? problemOf(send.error) : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size ?? 'md'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate(reason.trim());
        }}
      >
        {children}
        <Textarea
          mt="sm"
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={2000}
          required
          autosize
          minRows={2}
          data-autofocus
        />
        {problem ? (
          <p className="bad" role="alert" style={{ marginTop: 8 }}>
            {problem.message} {problem.body.errors?.map(({ detail }) => detail).join('; ')}{' '}
            {problem.body.remedy}
          </p>
        ) : null}
        <Button type="submit" mt="md" loading={send.isPending} disabled={disabled || reason.trim() === ''}>
          {act}
        </Button>
      </form>
    </Modal>
  );
};
