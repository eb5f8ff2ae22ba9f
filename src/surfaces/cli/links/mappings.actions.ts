/** `mappings list|set|remove|reset|import|export|test`. */
import { parse, stringify } from 'yaml';
import {
  changeMappings,
  fetchSample,
  findMappings,
  fromFile,
  type MappingEdit,
  toFile,
  tryMappings,
} from '../../../review/mappings/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { defined, isJsonObject, type JsonObject } from '../../../platform/values/index.ts';
import type { FieldMapping } from '../../../canonical/mapping/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { progressView } from '../kit/progress.ts';
import { writeOutput } from '../kit/write-output.ts';
import { entitiesNamed } from '../kit/entity-word.ts';
import { readNamedFile } from '../kit/flags.ts';
import { mappingsTable, outcomeLines, trialTable } from './mappings.view.ts';

interface SaveFlags extends GlobalFlags {
  readonly yes: boolean;
}

export async function listMappings(
  context: CommandContext,
  flags: GlobalFlags & { readonly entity?: string },
  [system]: readonly [string],
): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findMappings(app, system, flags.entity));
  if (flags.json) context.printJson('mappingList', rows);
  else context.print(mappingsTable(rows, context.width));
}

/** Shows what the edit does, and saves it where `--yes` says so. */
async function change(
  context: CommandContext,
  flags: SaveFlags,
  system: string,
  edit: MappingEdit,
): Promise<void> {
  const view = progressView(context.host.terminal);
  const outcome = await context.host.withApp(flags, async (app) => {
    try {
      const caller = { signal: context.host.signal, report: view.report };
      return await changeMappings(app, system, edit, { ...caller, save: flags.yes });
    } finally {
      view.stop();
    }
  });
  if (flags.json) context.printJson('mappingsChanged', outcome);
  else context.print(outcomeLines(outcome).join('\n'));
}

type SetFlags = SaveFlags & {
  readonly direction: FieldMapping['direction'];
  readonly transform?: readonly string[];
  readonly required: boolean;
};

export async function setMapping(
  context: CommandContext,
  flags: SetFlags,
  [system, entity, external, internal]: readonly [string, string, string, string],
): Promise<void> {
  const { direction, required, transform = [] } = flags;
  const transforms = transform.map(jsonOf);
  const [mapping] = fromFile([{ entity, external, internal, direction, transforms, required }]);
  if (mapping) await change(context, flags, system, { do: 'set', mapping });
}

export async function removeMapping(
  context: CommandContext,
  flags: SaveFlags,
  [system, entity, external, internal]: readonly [string, string, string, string],
): Promise<void> {
  await change(context, flags, system, { do: 'remove', entity, external, internal });
}

export async function resetMappings(
  context: CommandContext,
  flags: SaveFlags & { readonly entity?: string },
  [system]: readonly [string],
): Promise<void> {
  await change(context, flags, system, { do: 'reset', entity: flags.entity });
}

export async function importMappings(
  context: CommandContext,
  flags: SaveFlags,
  [system, path]: readonly [string, string],
): Promise<void> {
  await change(context, flags, system, { do: 'replace', mappings: fromFile(await readYaml(path)) });
}

export async function exportMappings(
  context: CommandContext,
  flags: GlobalFlags & { readonly out?: string },
  [system]: readonly [string],
): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findMappings(app, system, undefined));
  const file = toFile(rows.map((row) => row.mapping));
  if (flags.out !== undefined) {
    await writeOutput(flags.out, stringify(file));
    if (flags.json) context.printJson('mappingsWritten', { written: rows.length, file: flags.out });
    else context.print(`${rows.length} mappings written to ${flags.out}.`);
  } else if (flags.json) context.printJson('mappingFile', file);
  else context.printWhole(stringify(file).trimEnd());
}

interface TestFlags extends GlobalFlags {
  readonly sample?: string;
  readonly record?: string;
  readonly parent?: string;
  readonly with?: string;
}

export async function testMappings(
  context: CommandContext,
  flags: TestFlags,
  [system, entity]: readonly [string, string],
): Promise<void> {
  if ((flags.sample === undefined) === (flags.record === undefined))
    throw new TielineError('USAGE', 'Say which record is to be translated.', {
      fields: [{ field: '--sample', message: 'a file; or --record ID; one of the two' }],
    });
  const given = flags.with === undefined ? undefined : fromFile(await readYaml(flags.with));
  const trial = await context.host.withApp(flags, async (app) => {
    const key = { externalId: flags.record ?? '', ...defined({ parentId: flags.parent }) };
    const caller = { signal: context.host.signal, report: () => undefined };
    const [known] = entitiesNamed([entity]);
    const sample =
      flags.sample === undefined
        ? await fetchSample(app, system, known ?? 'poam', key, caller)
        : sampleOf(jsonOf(await readNamedFile(flags.sample)));
    return tryMappings(app, system, entity, sample, given);
  });
  if (trial.faults.length > 0) context.result.exitCode = 3;
  if (flags.json) {
    context.printJson('mappingTrial', trial);
    return;
  }
  context.print(trialTable(trial, context.width));
  for (const fault of trial.faults) context.print(`Not imported: ${fault.field} ${fault.message}`);
}

/** @throws TielineError MAPPING_INVALID that says where it is not YAML. */
async function readYaml(path: string): Promise<unknown> {
  const text = await readNamedFile(path);
  try {
    return parse(text, { prettyErrors: true });
  } catch (cause) {
    throw new TielineError(
      'MAPPING_INVALID',
      `${path} is not YAML: ${messageOf(cause).split('\n', 1)[0]?.replace(/:$/, '.') ?? ''}`,
      {
        cause,
        remedy:
          'Correct the file; nothing was changed. `tieline mappings export` writes one of the right form.',
      },
    );
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TielineError('USAGE', `This is not JSON: ${text.slice(0, 60)}`, { cause });
  }
}

function sampleOf(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TielineError('USAGE', 'A sample is one record: a JSON object.');
}
