/**
 * What a command is, as data: its words, arguments, options and description. The command line, --help and docs/cli.md are made
 * from these declarations; only the action of the command that was typed is loaded (`action` imports it), so that a command
 * starts without the modules of all others.
 */
import type { CommandContext, CommandHost, GlobalFlags } from './command-context.ts';

export interface OptionSpec {
  /** As it is typed, with what it takes: `--limit <n>`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: unknown;
  readonly choices?: readonly string[];
  readonly required?: true;
  /** Reads the text that was given. @param before what an earlier one of the same flag came to. @throws TielineError USAGE. */
  readonly parse?: (text: string, before: never) => unknown;
}

/** What a command does. @param args as declared in `arguments`; commander has counted them. */
export type Action<F extends GlobalFlags = GlobalFlags, A extends readonly unknown[] = readonly []> = (
  context: CommandContext,
  flags: F,
  args: A,
) => Promise<void>;

export interface CommandSpec {
  readonly name: string;
  /** Such as `<system> [field]`. */
  readonly arguments?: string;
  readonly description: string;
  readonly options?: readonly OptionSpec[];
  /** Command lines that can be typed as they are, without `tieline`. */
  readonly examples?: readonly string[];
  /** Whether it is what the noun alone runs. */
  readonly isDefault?: true;
  /** An old name of another command: it still works, says what it is now, and is not in the help. */
  readonly isNow?: string;
  /** What --help adds below the options; only made where help is asked for. */
  readonly notes?: (host: CommandHost) => Promise<string>;
  /** It changes nothing, here or anywhere else: it leaves no event. Every other command is one (`command`), a new one too. */
  readonly reads?: true;
  /** What it puts out is made to be taken away, whatever its flags: an event of its own (`export`), as the rows of a list with --csv are. */
  readonly exports?: true;
  /** Loads what it does; each action names the flags and arguments that it takes. */
  readonly action: () => Promise<Action<never, never>>;
}

/** Commands under one word: `conflicts list`, `conflicts show`. */
export interface NounSpec {
  readonly name: string;
  readonly description: string;
  readonly commands: readonly (CommandSpec | NounSpec)[];
}

/** A command or noun of the first level: the catalogue says its name and description, so that it need not be loaded for these. */
export type FirstLevel = Omit<CommandSpec, 'name' | 'description'> | Omit<NounSpec, 'name' | 'description'>;

export const isNoun = (spec: CommandSpec | NounSpec): spec is NounSpec => 'commands' in spec;
