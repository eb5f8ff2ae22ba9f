/** Artifacts: files kept with a system, or with one of its POA&Ms. */
import { createHash } from 'node:crypto';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { invalid, notFound, xactaError, type Presenter } from './answers.ts';
import { archivedErrors } from './poam-rules.ts';
import type { FieldError, XactaArtifact, XactaSystem } from './records.ts';
import type { XactaStore } from './store.ts';

/** The largest file that is accepted, and the longest description. */
const largestBytes = 30 * 1024 * 1024;
const longestDescription = 2000;

export function artifactRoutes(store: XactaStore, present: Presenter, pageSize: number): Route[] {
  const inSystem =
    (act: (system: XactaSystem, request: SimRequest) => SimResponse) => (request: SimRequest) => {
      const id = request.params['system'] ?? '';
      const system = store.system(id);
      return system ? act(system, request) : notFound('system', id);
    };
  return [
    {
      method: 'GET',
      path: '/api/systems/:system/artifacts',
      handle: inSystem((system, request) =>
        present.list('artifact', wanted(store, system, request.query), request, pageSize),
      ),
    },
    {
      method: 'POST',
      path: '/api/systems/:system/artifacts',
      handle: inSystem((system, request) => addArtifact(store, present, system, request)),
    },
  ];
}

function wanted(store: XactaStore, system: XactaSystem, query: URLSearchParams): XactaArtifact[] {
  const [poam, uid] = [query.get('poam_id'), query.get('external_uid')];
  return store.artifacts.filter(
    (each) =>
      each.system_id === system.id &&
      (poam === null || each.poam_id === poam) &&
      (uid === null || each.external_uid === uid),
  );
}

/** An artifact comes as JSON, or as bytes with what is said of it in the query. */
function fieldOf(request: SimRequest, name: string): string | null {
  const { json } = request;
  const inBody: unknown =
    typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
  const value = inBody ?? request.query.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function addArtifact(
  store: XactaStore,
  present: Presenter,
  system: XactaSystem,
  request: SimRequest,
): SimResponse {
  const [name, poamId, uid, description] = ['name', 'poam_id', 'external_uid', 'description'].map((field) =>
    fieldOf(request, field),
  );
  const errors = artifactErrors(store, system, request, { name, poamId, description });
  if (errors.length > 0) return invalid(errors);
  const holder = store.artifacts.find(
    (each) => (uid ?? null) !== null && each.system_id === system.id && each.external_uid === uid,
  );
  if (holder)
    return xactaError(
      409,
      'duplicate_external_uid',
      `Artifact ${holder.id} of this system has this external_uid already.`,
      { existing_id: holder.id },
    );
  const artifact: XactaArtifact = {
    id: `ART-${String(store.artifacts.length + 1).padStart(4, '0')}`,
    system_id: system.id,
    poam_id: poamId ?? null,
    external_uid: uid ?? null,
    name: name ?? '',
    description: description ?? null,
    media_type: request.headers['content-type'] ?? 'application/octet-stream',
    size_bytes: request.body.length,
    sha256: createHash('sha256').update(request.body).digest('hex'),
    modified_at: request.now.toISOString(),
    version: 1,
  };
  store.artifacts.push(artifact);
  return present.one('artifact', artifact, request, 201);
}

type Given = Readonly<Record<'name' | 'poamId' | 'description', string | null | undefined>>;

function artifactErrors(
  store: XactaStore,
  system: XactaSystem,
  request: SimRequest,
  { name, poamId, description }: Given,
): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, rule: string, message: string): void => {
    errors.push({ field, rule, message });
  };
  if ((name ?? null) === null) refuse('name', 'required', 'name is required, in the body or in the query');
  if ((description ?? '').length > longestDescription)
    refuse('description', 'max_length', `description has more than ${longestDescription} characters`);
  if (request.body.length > largestBytes)
    refuse('content', 'max_size', `the file has more than ${largestBytes} bytes`);
  const sha256 = fieldOf(request, 'sha256');
  if (sha256 !== null && sha256 !== createHash('sha256').update(request.body).digest('hex'))
    refuse('sha256', 'checksum', 'the content does not have this SHA-256');
  const poam = (poamId ?? null) === null ? undefined : store.poams.get(poamId ?? '');
  if ((poamId ?? null) !== null && poam?.system_id !== system.id)
    refuse('poam_id', 'unknown', `${system.id} has no POA&M ${poamId ?? ''}`);
  if (poam) errors.push(...archivedErrors(poam));
  return errors;
}
