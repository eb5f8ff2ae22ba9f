/** Asks for a deviation of a POA&M. What a kind needs is asked for by its fields; what the server finds missing is named there. */
import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type DeviationRow, keepEvidence, requestDeviation } from '../../api/decisions/deviations.ts';
import type { PoamDetail } from '../../api/poams.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { FilePick } from '../../kit/act/file-pick.tsx';
import { explanationsIn, type Field, fieldsOf, kindMeanings, kindTitles } from './words.ts';

type Kind = DeviationRow['kind'];
type Values = Readonly<Record<string, string>>;

const kinds = Object.keys(kindTitles) as Kind[]; // its own keys
const ratings = ['High', 'Medium', 'Low', 'Info'] as const;

const Input = ({
  field,
  value,
  onChange,
}: {
  readonly field: Field;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) => {
  const common = { mt: 'sm', label: field.title, value, required: field.optional !== true } as const;
  return field.as === 'long' ? (
    <Textarea
      {...common}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={10_000}
      autosize
      minRows={2}
    />
  ) : (
    <TextInput
      {...common}
      type={field.as === 'day' ? 'date' : 'text'}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
};

/** Which assets: all of them, also those that join later, or exactly those that are ticked. */
const Assets = ({
  of,
  chosen,
  onChange,
}: {
  readonly of: PoamDetail;
  /** Undefined: the whole POA&M. */
  readonly chosen: ReadonlySet<string> | undefined;
  readonly onChange: (chosen: ReadonlySet<string> | undefined) => void;
}) => (
  <fieldset style={{ marginTop: 12, border: 0, padding: 0 }}>
    <legend className="strong" style={{ padding: 0 }}>
      For which assets
    </legend>
    <Checkbox
      mt={4}
      label={`The whole POA&M: all its assets (${of.assets.length}), and those that join it later`}
      checked={chosen === undefined}
      onChange={(event) => onChange(event.currentTarget.checked ? undefined : new Set())}
    />
    {chosen === undefined
      ? null
      : of.assets.map(({ assetUuid, hostname, findings }) => (
          <Checkbox
            key={assetUuid}
            mt={4}
            ml="md"
            label={`${hostname ?? assetUuid} (${findings.open} open)`}
            checked={chosen.has(assetUuid)}
            onChange={(event) => {
              const next = new Set(chosen);
              if (event.currentTarget.checked) next.add(assetUuid);
              else next.delete(assetUuid);
              onChange(next);
            }}
          />
        ))}
  </fieldset>
);

/** What is asked, from what was typed. Empty boxes say nothing. */
function requestOf(
  poam: string,
  kind: Kind,
  typed: { readonly rationale: string; readonly values: Values; readonly rating: string },
) {
  const given = fieldsOf[kind].flatMap(({ name, where }) => {
    const value = typed.values[name]?.trim() ?? '';
    if (value === '') return [];
    return [{ name, where, value: name === 'explanations' ? explanationsIn(value) : value }];
  });
  const of = (place: Field['where']) =>
    Object.fromEntries(given.filter(({ where }) => where === place).map(({ name, value }) => [name, value]));
  return {
    kind,
    poam,
    rationale: typed.rationale.trim(),
    ...(kind === 'risk_adjustment' ? { adjustedSeverity: typed.rating } : {}),
    ...(of('request') as Record<string, string>), // only explanations are no text, and they are details
    details: of('details'),
  };
}

/** What is typed, whether something that its kind needs is missing, and how it is sent. */
function useForm(of: PoamDetail, onClose: () => void) {
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<Kind>('risk_acceptance');
  const [rationale, setRationale] = useState('');
  const [values, setValues] = useState<Values>({});
  const [rating, setRating] = useState<string>('Low');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>();
  const isMissing =
    rationale.trim() === '' ||
    fieldsOf[kind].some(({ name, optional }) => optional !== true && (values[name] ?? '').trim() === '') ||
    chosen?.size === 0 ||
    (kind === 'false_positive' && files.length === 0);
  const send = async (): Promise<void> => {
    const { signal } = new AbortController();
    const evidence = [];
    for (const file of files) evidence.push(await keepEvidence(file, signal));
    const asked = await requestDeviation({
      ...requestOf(of.poam.poamId, kind, { rationale, values, rating }),
      ...(chosen === undefined ? {} : { assets: [...chosen] }),
      evidence,
    });
    tell(asked.state === 'approved' ? `It holds: ${asked.action}.` : `Asked for: ${asked.action}.`);
    onClose();
    await queryClient.invalidateQueries();
  };
  return {
    kind,
    rationale,
    values,
    rating,
    chosen,
    isMissing,
    setKind,
    setRationale,
    setValues,
    setRating,
    setFiles,
    setChosen,
    send,
  };
}

/** What the kind needs beside the rationale. */
const OfKind = ({ form }: { readonly form: ReturnType<typeof useForm> }) => (
  <>
    {form.kind === 'risk_adjustment' ? (
      <NativeSelect
        mt="sm"
        label="Rating that is asked for"
        value={form.rating}
        onChange={(event) => form.setRating(event.currentTarget.value)}
        data={[...ratings]}
      />
    ) : null}
    {fieldsOf[form.kind].map((field) => (
      <Input
        key={field.name}
        field={field}
        value={form.values[field.name] ?? ''}
        onChange={(value) => form.setValues({ ...form.values, [field.name]: value })}
      />
    ))}
    <FilePick
      label={form.kind === 'false_positive' ? 'Evidence *' : 'Evidence'}
      hint="Kept with its SHA-256: what is handed out later is exactly this."
      many
      onPick={form.setFiles}
    />
  </>
);

export const RequestDialog = ({ of, onClose }: { readonly of: PoamDetail; readonly onClose: () => void }) => {
  const form = useForm(of, onClose);
  return (
    <ActionDialog
      title="Ask for a deviation"
      verb="Ask"
      size="lg"
      incomplete={form.isMissing}
      onClose={onClose}
      onRun={form.send}
    >
      <NativeSelect
        label="Kind"
        value={form.kind}
        onChange={(event) => form.setKind(event.currentTarget.value as Kind)} // its options are the kinds
        data={kinds.map((each) => ({ value: each, label: kindTitles[each] }))}
        description={kindMeanings[form.kind]}
        data-autofocus
      />
      <Assets of={of} chosen={form.chosen} onChange={form.setChosen} />
      <Textarea
        mt="sm"
        label="Rationale: those who decide read it"
        value={form.rationale}
        onChange={(event) => form.setRationale(event.currentTarget.value)}
        maxLength={10_000}
        required
        autosize
        minRows={2}
      />
      <OfKind form={form} />
    </ActionDialog>
  );
};
