import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { parse, stringify } from 'yaml';
import {
  changeMappings,
  fetchSample,
  findMappings,
  fromFile,
  mappingName,
  toFile,
  tryMappings,
  type MappingEdit,
  type MappingOutcome,
} from '../../app/mappings/mappings.ts';
import { TielineError, messageOf } from '../../errors/tieline-error.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { FieldMapping } from '../../model/mapping.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import { planLines } from '../plans/plan.actions.ts';
import { progressView } from '../kit/progress.ts';
import { shortValue } from '../kit/short-value.ts';
import { entityNamed } from '../sync/sync-scope.ts';
import { writeOutput } from '../kit/write-output.ts';

interface SaveFlags extends GlobalFlags {
  readonly yes: boolean;
}

const shortTransforms = (mapping: FieldMapping): string =>
  mapping.transforms
    .map(({ kind, ...rest }) => (Object.keys(rest).length === 0 ? kind : `${kind} ${shortValue(rest)}`))
    .join(', ');

/** The steps of a translation by name: `text, values (5)`. What each does is in `mappings export`. */
const transformKinds = (mapping: FieldMapping): string =>
  mapping.transforms
    .map((each) => (each.kind === 'values' ? `values (${Object.keys(each.map).length})` : each.kind))
    .join(', ');

const withSave = (command: Command): Command =>
  command.option('--yes', 'save; without it only the effect is shown, and nothing is written', false);

export function addMappingsCommands(program: Command, context: CommandContext): void {
  const mappings = program
    .command('mappings')
    .description('which field of the remote is which of ours, and how values are translated');

  async function change(flags: SaveFlags, system: string, edit: MappingEdit): Promise<void> {
    const view = progressView(context.host.terminal);
    const outcome = await context.host.withApp(flags, async (app) => {
      try {
        const caller = { signal: context.host.signal, report: view.report };
        return await changeMappings(app, system, edit, { ...caller, save: flags.yes });
      } finally {
        view.stop();
      }
    });
    if (flags.json) context.printJson(outcome);
    else context.print(outcomeLines(outcome).join('\n'));
  }

  mappings
    .command('list <system>')
    .description('the mappings of a system; * marks what differs from the default')
    .option('--entity <entity>', 'of this entity only')
    .action(async (system: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { entity?: string }>();
      const rows = await context.host.withApp(flags, (app) => findMappings(app, system, flags.entity));
      if (flags.json) context.printJson(rows);
      else
        context.print(
          fittedTable(
            ['', 'ENTITY', 'THERE', 'WAY', 'HERE', 'REQUIRED', 'TRANSFORMS'],
            rows.map(({ mapping, differs }) => [
              differs ? '*' : '',
              mapping.entityType,
              mapping.externalField,
              mapping.direction,
              mapping.internalField,
              mapping.required ? 'yes' : '',
              transformKinds(mapping),
            ]),
            widthOf(context.host.terminal),
          ),
        );
    });

  withSave(
    mappings
      .command('set <system> <entity> <external> <internal>')
      .description('add a mapping, or change it'),
  )
    .addOption(
      new Option('--direction <direction>', 'which way')
        .choices(['inbound', 'outbound', 'bidirectional'])
        .default('inbound'),
    )
    .option(
      '--transform <json>',
      'a step of the translation, such as {"kind":"trim"}; in order, may be given more than once',
      (text: string, before: unknown[] | undefined) => [...(before ?? []), jsonOf(text)],
    )
    .option('--required', 'a record without it is not imported', false)
    .action(
      async (
        system: string,
        entity: string,
        external: string,
        internal: string,
        _options,
        command: Command,
      ) => {
        const flags = command.optsWithGlobals<
          SaveFlags & { direction: FieldMapping['direction']; transform?: unknown[]; required: boolean }
        >();
        const { direction, required, transform: transforms = [] } = flags;
        const [mapping] = fromFile([{ entity, external, internal, direction, transforms, required }]);
        if (mapping) await change(flags, system, { do: 'set', mapping });
      },
    );

  withSave(
    mappings.command('remove <system> <entity> <external> <internal>').description('take a mapping away'),
  ).action(
    async (
      system: string,
      entity: string,
      external: string,
      internal: string,
      _options,
      command: Command,
    ) => {
      const flags = command.optsWithGlobals<SaveFlags>();
      await change(flags, system, { do: 'remove', entity, external, internal });
    },
  );

  withSave(
    mappings
      .command('reset <system>')
      .description('back to the mappings that come with the connector')
      .option('--entity <entity>', 'of this entity only'),
  ).action(async (system: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<SaveFlags & { entity?: string }>();
    await change(flags, system, { do: 'reset', entity: flags.entity });
  });

  withSave(
    mappings
      .command('import <system> <file>')
      .description(
        'make the mappings exactly those of a YAML file; nothing is changed if one of them is wrong',
      ),
  ).action(async (system: string, path: string, _options, command: Command) => {
    const flags = command.optsWithGlobals<SaveFlags>();
    await change(flags, system, { do: 'replace', mappings: fromFile(await readYaml(path)) });
  });

  mappings
    .command('export <system>')
    .description('the mappings as YAML')
    .option('--out <file>', 'to this file')
    .action(async (system: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { out?: string }>();
      const rows = await context.host.withApp(flags, (app) => findMappings(app, system, undefined));
      const file = toFile(rows.map((row) => row.mapping));
      if (flags.out !== undefined) {
        await writeOutput(flags.out, stringify(file));
        if (flags.json) context.printJson({ written: rows.length, file: flags.out });
        else context.print(`${rows.length} mappings written to ${flags.out}.`);
      } else if (flags.json) context.printJson(file);
      else context.printWhole(stringify(file).trimEnd());
    });

  mappings
    .command('test <system> <entity>')
    .description('translate one record in and out again, field by field, and save nothing')
    .option('--sample <file>', 'a record of the remote as JSON')
    .option('--record <id>', 'a record that the remote has, by its id')
    .option('--parent <id>', 'the record that it belongs to, where the remote asks for it')
    .option('--with <file>', 'with the mappings of this YAML file instead of the installed ones')
    .action(async (system: string, entity: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & { sample?: string; record?: string; parent?: string; with?: string }
      >();
      if ((flags.sample === undefined) === (flags.record === undefined))
        throw new TielineError('USAGE', 'Say which record is to be translated.', {
          fields: [{ field: '--sample', message: 'a file; or --record ID; one of the two' }],
        });
      const given = flags.with === undefined ? undefined : fromFile(await readYaml(flags.with));
      const trial = await context.host.withApp(flags, async (app) => {
        const key = {
          externalId: flags.record ?? '',
          ...(flags.parent === undefined ? {} : { parentId: flags.parent }),
        };
        const caller = { signal: context.host.signal, report: () => undefined };
        const [known] = entityNamed(entity, undefined);
        const sample =
          flags.sample === undefined
            ? await fetchSample(app, system, known ?? 'poam', key, caller)
            : sampleOf(jsonOf(await readText(flags.sample)));
        return tryMappings(app, system, entity, sample, given);
      });
      if (trial.faults.length > 0) context.result.exitCode = 3;
      if (flags.json) {
        context.printJson(trial);
        return;
      }
      context.print(
        fittedTable(
          ['THERE', 'VALUE', 'HERE', 'VALUE', 'OUT AGAIN'],
          trial.fields.map((field) => [
            field.external,
            shortValue(field.raw),
            field.internal,
            field.fault === undefined ? shortValue(field.mapped) : `! ${field.fault}`,
            field.out === undefined ? '' : `${shortValue(field.out)}${field.outDiffers ? ' (differs)' : ''}`,
          ]),
          widthOf(context.host.terminal),
        ),
      );
      for (const fault of trial.faults) context.print(`Not imported: ${fault.field} ${fault.message}`);
    });
}

function outcomeLines({ changes, plan, saved }: MappingOutcome): string[] {
  const { added, removed, changed } = changes;
  if (added.length + removed.length + changed.length === 0) return ['The mappings are so already.'];
  const lines = [
    ...added.map((mapping) => `+ ${mappingName(mapping)}  ${shortTransforms(mapping)}`),
    ...removed.map((mapping) => `- ${mappingName(mapping)}`),
    ...changed.map(
      ({ before, after }) =>
        `~ ${mappingName(after)}  ${before.direction} ${shortTransforms(before)} → ${after.direction} ${shortTransforms(after)}`,
    ),
  ];
  if (saved)
    return [...lines, '', 'Saved. The next sync reads these entities whole. Next: tieline sync plan'];
  const effect = plan ? planLines(plan, 20, undefined).slice(0, -1) : [];
  return [...lines, '', 'With this, a sync would do:', '', ...effect, 'Nothing was saved. To save it: --yes'];
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new TielineError('USAGE', `${path} could not be read: ${messageOf(cause)}`, { cause });
  }
}

/** @throws TielineError MAPPING_INVALID that says where it is not YAML. */
async function readYaml(path: string): Promise<unknown> {
  const text = await readText(path);
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
