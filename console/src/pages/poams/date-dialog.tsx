import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { editPoam, poamKey, type PoamRow, poamQuery } from '../../api/poams.ts';
import { problemOf } from '../../api/http/problem.ts';
import { tell } from '../../kit/notice.tsx';

function useSave(poamId: string, etag: string | undefined, onSaved: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ day, reason }: { readonly day: string; readonly reason: string }) =>
      editPoam(poamId, { changes: { scheduled_completion: day }, reason }, etag ?? ''),
    onSuccess: async (_saved, { day }) => {
      tell(`${poamId} is due on ${day}.`);
      onSaved();
      await queryClient.invalidateQueries({ queryKey: ['list', 'poams'] });
      await queryClient.invalidateQueries({ queryKey: poamKey(poamId) });
    },
  });
}

/** A new date for a POA&M, with the reason, which is kept in its history. */
export const DateDialog = ({ row, onClose }: { readonly row: PoamRow; readonly onClose: () => void }) => {
  const current = useQuery(poamQuery(row.poamId));
  const [day, setDay] = useState(row.due ?? '');
  const [reason, setReason] = useState('');
  const save = useSave(row.poamId, current.data?.etag, onClose);
  const field = current.data?.value.fields.find(({ field: name }) => name === 'scheduled_completion');
  const refused =
    field && !field.isEditable ? `The date cannot be changed here: ${field.whyNot ?? ''}.` : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${row.poamId}: scheduled completion`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ day, reason });
        }}
      >
        <TextInput
          type="date"
          label="Scheduled completion"
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
          required
          data-autofocus
        />
        <Textarea
          mt="sm"
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
          autosize
          minRows={2}
        />
        {refused === undefined && !save.error ? null : (
          <p className="bad" role="alert" style={{ marginTop: 8 }}>
            {refused ?? `${problemOf(save.error).message} ${problemOf(save.error).body.remedy ?? ''}`}
          </p>
        )}
        <Button
          type="submit"
          mt="md"
          loading={save.isPending}
          disabled={!current.data || refused !== undefined || day === (row.due ?? '') || reason.trim() === ''}
        >
          Save
        </Button>
      </form>
    </Modal>
  );
};
