/** Artifacts: files kept with a system, or with one of its POA&Ms. */
import { createHash } from 'node:crypto';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { invalid, notFound, xactaError, type Presenter } from './answers.ts';
import { archivedErrors } from './poam-rules.ts';
import type { FieldError, XactaArtifact, XactaSystem } from './records.ts';
import type { XactaStore } from './store.ts';

const longestDescription = 2000;
/** The largest file that is accepted: as eMASS, 30 MB. */
const largestBytes = 30 * 1024 * 1024;

/** What is run rather than read is no evidence. */
const refusedEndings = new Set(['bat', 'cmd', 'com', 'dll', 'exe', 'js', 'msi', 'ps1', 'scr', 'vbs']);

export function artifactRoutes(store: XactaStore, present: Presenter, pageSize: number): Route[] {
  const inSystem =
    (act: (system: XactaSystem, request: SimRequest) => SimResponse | Promise<SimResponse>) =>
    (request: SimRequest) => {
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

async function addArtifact(
  store: XactaStore,
  present: Presenter,
  system: XactaSystem,
  request: SimRequest,
): Promise<SimResponse> {
  const upload = await readUpload(request);
  if ('status' in upload) return upload;
  const { fields, content, mediaType } = upload;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const errors = artifactErrors(store, system, fields, sha256);
  if (errors.length > 0) return invalid(errors);
  const uid = fields.get('external_uid') ?? null;
  const holder = store.artifacts.find(
    (each) => uid !== null && each.system_id === system.id && each.external_uid === uid,
  );
  if (holder)
    return xactaError(
      409,
      'duplicate_external_uid',
      `Artifact ${holder.id} of this system has this external_uid already.`,
      { existing_id: holder.id },
    );
  store.artifactsMade += 1;
  const artifact: XactaArtifact = {
    id: `ART-${String(store.artifactsMade).padStart(4, '0')}`,
    system_id: system.id,
    poam_id: fields.get('poam_id') ?? null,
    external_uid: uid,
    name: fields.get('name') ?? '',
    description: fields.get('description') ?? null,
    media_type: mediaType,
    size_bytes: content.length,
    sha256,
    modified_at: request.now.toISOString(),
    version: 1,
  };
  store.artifacts.push(artifact);
  return present.one('artifact', artifact, request, 201);
}

function artifactErrors(
  store: XactaStore,
  system: XactaSystem,
  fields: Upload['fields'],
  sha256: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, rule: string, message: string): void => {
    errors.push({ field, rule, message });
  };
  if (!fields.has('name')) refuse('name', 'required', 'name is required');
  if ((fields.get('description') ?? '').length > longestDescription)
    refuse('description', 'max_length', `description has more than ${longestDescription} characters`);
  if ((fields.get('sha256') ?? sha256) !== sha256)
    refuse('sha256', 'checksum', 'the content does not have this SHA-256');
  const poamId = fields.get('poam_id');
  const poam = poamId === undefined ? undefined : store.poams.get(poamId);
  if (poamId !== undefined && poam?.system_id !== system.id)
    refuse('poam_id', 'unknown', `${system.id} has no POA&M ${poamId}`);
  if (poam) errors.push(...archivedErrors(poam));
  return errors;
}

interface Upload {
  /** What is said of the file; empty texts are left out. */
  readonly fields: ReadonlyMap<string, string>;
  readonly content: Buffer;
  readonly mediaType: string;
}

const said = (entries: Iterable<readonly [string, unknown]>): ReadonlyMap<string, string> =>
  new Map(
    [...entries].flatMap(([field, value]): [string, string][] =>
      typeof value === 'string' && value.trim() !== '' ? [[field, value.trim()]] : [],
    ),
  );

/** What a request uploads, or the answer that refuses it: 400, 413, 415. */
async function readUpload(request: SimRequest): Promise<Upload | SimResponse> {
  const type = request.headers['content-type'] ?? 'application/json';
  const [kind = ''] = type.toLowerCase().split(';');
  const upload = await uploadOf(request, type, kind.trim());
  if ('status' in upload) return upload;
  if (upload.content.length > largestBytes)
    return xactaError(413, 'too_large', `The file has more than ${largestBytes} bytes.`);
  const ending = /\.(\w+)$/.exec(upload.fields.get('name') ?? '')?.[1]?.toLowerCase() ?? '';
  return refusedEndings.has(ending)
    ? xactaError(415, 'unsupported_file', `Files of the kind .${ending} are not accepted.`)
    : upload;
}

async function uploadOf(request: SimRequest, type: string, kind: string): Promise<Upload | SimResponse> {
  const { json, query, body } = request;
  switch (kind) {
    case 'application/json':
      return {
        fields: said([...query, ...Object.entries(typeof json === 'object' && json !== null ? json : {})]),
        content: body,
        mediaType: type,
      };
    case 'application/octet-stream':
      return { fields: said(query), content: body, mediaType: type };
    case 'multipart/form-data':
      return readForm(body, type);
    default:
      return xactaError(415, 'unsupported_media_type', `A body of the type ${kind} is not accepted.`);
  }
}

/** A form with one file, read by Node's own reader of forms. */
async function readForm(body: Buffer, type: string): Promise<Upload | SimResponse> {
  const asked = new Request('http://simulator/', {
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(body),
  });
  const form = await asked.formData().catch(() => undefined);
  if (!form) return xactaError(400, 'malformed', 'The body is not a form.');
  const files = [...form.values()].filter((each) => typeof each !== 'string');
  const [file, another] = files;
  if (!file || another) return xactaError(400, 'bad_request', `The form has ${files.length} files, not one.`);
  const fields = said(form);
  return {
    // Where no field names it, the file's own name counts.
    fields: fields.has('name') || file.name === '' ? fields : new Map([...fields, ['name', file.name]]),
    content: Buffer.from(await file.arrayBuffer()),
    mediaType: file.type === '' ? 'application/octet-stream' : file.type,
  };
}
