/** Every command is evidence but those that are declared to change nothing; which are, is said beside each (AU-2, AU-12). */
import { expect, it } from 'vitest';
import { commandGroups } from './catalogue.ts';
import { type CommandSpec, type FirstLevel, type NounSpec } from './kit/command.ts';

interface Leaf {
  readonly words: string;
  readonly reads: boolean;
}

const leavesOf = (spec: FirstLevel | CommandSpec | NounSpec, words: readonly string[]): Leaf[] =>
  'commands' in spec
    ? spec.commands.flatMap((child) => leavesOf(child, [...words, child.name]))
    : [{ words: words.join(' '), reads: spec.reads === true }];

async function allCommands(): Promise<Leaf[]> {
  const loaded = await Promise.all(
    commandGroups.flatMap(({ entries }) =>
      entries.map(async ({ name, load }) => leavesOf(await load(), [name])),
    ),
  );
  return loaded.flat();
}

/** What a command that changes nothing may be called. */
const readingWords =
  /^(list|show|status|check|check-oidc|check-cac|check-proxy|prometheus|identities|groups|explain|duplicates|unmatched|review|unreported|standing|test|templates|verify|export|assets|conflicts|inbox|plan|preview|rules|replay|shipped|actions|fields|runs|trace)$/;

it('a command that is declared to change nothing is named like one, and no other is left out of the log', async () => {
  const commands = await allCommands();
  expect(commands.length).toBeGreaterThan(200);
  const reading = commands.filter(({ reads }) => reads);
  expect(reading.length).toBeGreaterThan(50);
  expect(
    reading
      .filter(({ words }) => !readingWords.test(words.split(' ').at(-1) ?? ''))
      .map(({ words }) => words),
  ).toEqual([]);
});

it('reading the security log is evidence too', async () => {
  const commands = await allCommands();
  expect(
    commands
      .filter(({ words }) => /^security (list|show|investigate)$/.test(words))
      .every(({ reads }) => !reads),
  ).toBe(true);
});
