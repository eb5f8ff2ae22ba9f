/** Makes the parser (commander) from the declarations of the commands. */
import { Command, Option } from 'commander';
import { isNoun, type CommandSpec, type FirstLevel, type NounSpec, type OptionSpec } from './command.ts';
import type { CommandContext, CommandHost, CommandResult, GlobalFlags } from './command-context.ts';
import { fittedText, widthOf } from './fitted-text.ts';
import { runnable } from './hint.ts';
import { shownJson, shownOutput } from '../../../platform/errors/index.ts';

/** A noun or command of the first level, which is only loaded where the command line names it. */
export interface Entry {
  readonly name: string;
  readonly description: string;
  readonly load: () => Promise<FirstLevel>;
}

/** Entries that belong together in the help. */
export interface EntryGroup {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface ProgramParts {
  readonly host: CommandHost;
  readonly result: CommandResult;
  readonly groups: readonly EntryGroup[];
  /** What is loaded: other entries are only named. */
  readonly isNamed: (name: string) => boolean;
  readonly wantsHelp: boolean;
  /** Where usage errors go. */
  readonly writeErr: (text: string) => void;
}

export const globalOptions: readonly OptionSpec[] = [
  {
    flags: '--data-dir <dir>',
    description:
      'directory of the embedded database and the generated key (TIELINE_DATA_DIR; default .tieline)',
  },
  {
    flags: '--config <file>',
    description: 'YAML file of settings (TIELINE_CONFIG; default tieline.yaml if it is there)',
  },
  {
    flags: '--log-level <level>',
    description: 'what is logged to standard error (TIELINE_LOG_LEVEL; default warn)',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  },
  { flags: '--json', description: 'print facts as JSON' },
];

export async function buildProgram(parts: ProgramParts): Promise<Command> {
  const { host } = parts;
  const program = new Command('tieline')
    .description('Keeps Tenable and Xacta in agreement, in both directions, on PostgreSQL.')
    .version(host.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => host.terminal.out.write(text), writeErr: parts.writeErr })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 done, and something\n            waits for a person\nSee it work:  npm run demo\nAll commands: docs/cli.md   Settings: docs/settings.md',
    );
  for (const option of globalOptions) program.addOption(optionOf(option));
  for (const { title, entries } of parts.groups)
    for (const entry of entries) {
      const command = parts.isNamed(entry.name)
        ? await commandOf(
            { ...(await entry.load()), name: entry.name, description: entry.description },
            parts,
          )
        : new Command(entry.name).description(entry.description);
      program.addCommand(command.helpGroup(`${title}:`));
    }
  inheritSettings(program);
  return program;
}

function optionOf({ flags, description, choices, required, parse, default: usual }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (choices) option.choices([...choices]);
  // commander hands over the text and what came before; which types these are, the declaration says.
  if (parse) option.argParser(parse as (text: string, before: unknown) => unknown);
  if (required) option.makeOptionMandatory();
  return usual === undefined ? option : option.default(usual);
}

async function commandOf(spec: CommandSpec | NounSpec, parts: ProgramParts): Promise<Command> {
  if (!isNoun(spec)) return leafOf(spec, parts);
  const command = new Command(spec.name).description(spec.description);
  for (const child of spec.commands)
    command.addCommand(await commandOf(child, parts), {
      isDefault: !isNoun(child) && (child.isDefault ?? false),
      hidden: !isNoun(child) && child.isNow !== undefined,
    });
  return command;
}

async function leafOf(spec: CommandSpec, parts: ProgramParts): Promise<Command> {
  const command = new Command(spec.name).description(spec.description);
  if (spec.arguments !== undefined) command.arguments(spec.arguments);
  for (const option of spec.options ?? []) command.addOption(optionOf(option));
  const { notes, examples, isNow } = spec;
  if (isNow !== undefined)
    command.hook('preAction', (action) => {
      // With --json the standard error is for one object, too.
      if (action.optsWithGlobals<GlobalFlags>().json) return;
      parts.host.terminal.err.write(
        `tieline: \`${action.parent?.name() ?? ''} ${spec.name}\` is now \`${isNow}\`; the old name still works.\n`,
      );
    });
  if (notes && parts.wantsHelp) command.addHelpText('after', `\n${await notes(parts.host)}`);
  if (examples)
    command.addHelpText(
      'after',
      `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((line) => `  tieline ${line}`).join('\n')}`,
    );
  return command.action(async () => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    const [run, { recordedHost }] = await Promise.all([spec.action(), import('../access/recorded-host.ts')]);
    const typed = { words: wordsOf(command), args: command.args };
    const recorded = { ...parts, host: recordedHost(parts.host, typed, spec) };
    // The action names what the declaration beside it yields; commander has checked both against the command line.
    await run(contextOf(recorded, flags), flags as never, command.processedArgs as never);
  });
}

/** `grants`, `give`; without the name of the program. */
function wordsOf(command: Command): string[] {
  return command.parent === null ? [] : [...wordsOf(command.parent), command.name()];
}

function contextOf({ host, result }: ProgramParts, flags: GlobalFlags): CommandContext {
  const width = widthOf(host.terminal);
  const write = (text: string): void => void host.terminal.out.write(`${text}\n`);
  return {
    host,
    result,
    width,
    print: (text) => write(fittedText(runnable(shownOutput(text), flags), width)),
    printWhole: (text) => write(shownOutput(text)),
    printJson: (shape, value) => {
      const text = JSON.stringify(value);
      host.checkJson?.(shape, JSON.parse(text));
      write(shownJson(text));
    },
  };
}

/** Every command, however deep, reports its usage errors the same way. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}
