/** The published JSON schemas, compiled once a process, and what a document breaks of them. */
import { readFile } from 'node:fs/promises';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsModule from 'ajv-formats';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';

// Its types say that the module is the namespace; what is imported is the function.
const addFormats = formatsModule as unknown as (ajv: Ajv | Ajv2020) => void;

const read = (name: string): Promise<string> => readFile(new URL(`./${name}`, import.meta.url), 'utf8');
const shown = 20;

function faultsOf(validate: ValidateFunction, document: unknown): FieldFault[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).slice(0, shown).map(({ instancePath, message, params }) => ({
    field: instancePath === '' ? '/' : instancePath,
    message: `${message ?? 'does not fit'} ${JSON.stringify(params)}`,
  }));
}

let oscal: Promise<ValidateFunction> | undefined;
/** @returns what breaks the schema of OSCAL 1.2.1, which takes 1.0.4 too. */
export async function oscalFaults(document: unknown): Promise<FieldFault[]> {
  oscal ??= (async () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    return ajv.compile(JSON.parse(await read('oscal-poam-schema-1.2.1.json')) as object); // a published schema
  })();
  return faultsOf(await oscal, document);
}

export const verSchemas = {
  detail: 'fedramp-vulnerability-detail-report-schema-2026-06-24.json',
  accepted: 'fedramp-accepted-vulnerability-info-schema-2026-06-24.json',
  history: 'fedramp-historical-ver-activity-schema-2026-06-24.json',
} as const;
export type VerKind = keyof typeof verSchemas;

/** As published, references lack the `#` before their path. */
const repaired = (schema: string): object =>
  JSON.parse(schema.replaceAll('.json/$defs/', '.json#/$defs/')) as object; // a published schema

let ver: Promise<Readonly<Record<VerKind, ValidateFunction>>> | undefined;
export async function verFaults(kind: VerKind, document: unknown): Promise<FieldFault[]> {
  ver ??= (async () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(ajv);
    ajv.addSchema(repaired(await read('fedramp-common-definitions-schema-2026-06-24.json')));
    const compile = async (name: VerKind) => ajv.compile(repaired(await read(verSchemas[name])));
    return {
      detail: await compile('detail'),
      accepted: await compile('accepted'),
      history: await compile('history'),
    };
  })();
  return faultsOf((await ver)[kind], document);
}

/** @throws TielineError REPORT_NOT_VALID. */
export function refuseFaults(format: string, fields: readonly FieldFault[]): void {
  if (fields.length > 0)
    throw new TielineError(
      'REPORT_NOT_VALID',
      `The document breaks the schema of ${format}; it was not kept.`,
      { fields },
    );
}
