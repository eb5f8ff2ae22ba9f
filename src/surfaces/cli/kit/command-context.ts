/** What the commands are given by the composition root, and the flags that all of them take. */
import type { Readable, Writable } from 'node:stream';
import type { output, ZodType } from 'zod';
import type { ConnectorModule } from '../../../engine/connections/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type * as contract from '../../../contract/index.ts';
import type { DatabaseAccess } from '../../../operate/database/index.ts';

export interface Terminal {
  readonly in: Readable & { readonly isTTY?: boolean };
  readonly out: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly err: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly dataDir?: string;
  readonly config?: string;
  readonly logLevel?: string;
  /** The log level of the command where none is given. No flag: a command sets it. */
  readonly usualLogLevel?: string;
  readonly json?: boolean;
}

export interface DemoFlags extends GlobalFlags {
  readonly once: boolean;
  readonly recorded?: string;
  readonly size: number;
  readonly seed: number;
}

export interface ServeFlags extends GlobalFlags {
  readonly host?: string;
  readonly port?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly worker: boolean;
}

/** What the composition root does for the command line. */
export interface CommandHost {
  readonly version: string;
  /** Every vendor that can be connected to, by type: for --help. */
  loadModules(): Promise<ReadonlyMap<string, ConnectorModule>>;
  readonly terminal: Terminal;
  /** Ends work that can be ended: Ctrl-C, or the parent is gone. */
  readonly signal: AbortSignal;
  /**
   * Opens settings, database and connectors, and closes them after `work`. Unattended work waits for a database that is
   * away from the start; a person at a terminal is told so at once.
   */
  withApp<T>(
    flags: GlobalFlags,
    work: (app: App) => Promise<T>,
    options?: { readonly waitsForDatabase?: boolean },
  ): Promise<T>;
  /** Opens settings and database as they are, migrated or not, and closes them after `work`. */
  withDatabase<T>(flags: GlobalFlags, work: (access: DatabaseAccess) => Promise<T>): Promise<T>;
  rotateSecrets(
    flags: GlobalFlags & { readonly newKeyFile?: string; readonly account: string },
  ): Promise<{ readonly secrets: number; readonly keyId: string; readonly place: string }>;
  runDemo(flags: DemoFlags): Promise<number>;
  /** Serves API and console until the signal ends it. */
  serve(flags: ServeFlags): Promise<void>;
  /** Tests only: is given what is printed as JSON, as its reader reads it. */
  readonly checkJson?: (shape: ShapeName, printed: unknown) => void;
}

type Contract = typeof contract;
/** What each shape of the contract describes, by its name. */
type Shapes = {
  readonly [Name in keyof Contract as Contract[Name] extends ZodType ? Name : never]: output<Contract[Name]>;
};
export type ShapeName = keyof Shapes;

/** Where a command leaves the exit code it wants. */
export interface CommandResult {
  exitCode: number;
}

export interface CommandContext {
  readonly host: CommandHost;
  readonly result: CommandResult;
  /** Columns of the terminal; undefined where the output goes to a file or a program, which is given whole lines. */
  readonly width: number | undefined;
  /** Prints to standard output; on a terminal, prose is broken between words. */
  print(text: string): void;
  /** Prints what is copied or read by a program (YAML, SQL): no line is broken. */
  printWhole(text: string): void;
  /**
   * Prints a value of a shape of the contract, named as src/contract exports it. It is not validated on the way out: the compiler
   * holds it, and the tests; so no command loads the shapes.
   */
  printJson<Name extends ShapeName>(shape: Name, value: contract.Printable<Shapes[Name]>): void;
}
