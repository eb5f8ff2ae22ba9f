/** The lists of commands in docs/cli.md, from the declarations in src/cli. What stands around them is written by hand. */
import { commandGroups } from '../src/surfaces/cli/catalogue.ts';
import { isNoun, type CommandSpec, type NounSpec, type OptionSpec } from '../src/surfaces/cli/kit/command.ts';
import { wrapped } from '../src/surfaces/cli/kit/fitted-text.ts';
import { decisionOptions } from '../src/surfaces/cli/kit/flags.ts';

const width = 110;

/** A list entry in lines of at most `width` columns, indented below its dash. */
function entry(depth: number, text: string): string[] {
  const indent = '  '.repeat(depth);
  return wrapped(text, width - indent.length - 2).map(
    (line, at) => `${indent}${at === 0 ? '- ' : '  '}${line}`,
  );
}

/** Text that Markdown must not read as its own signs. */
const plain = (text: string): string => text.replaceAll(/([*<>])(?![^`]*`)/g, '\\$1');

function optionText({ flags, description, choices, required, default: usual }: OptionSpec): string {
  const notes = [
    ...(required ? ['required'] : []),
    ...(choices && choices.every((choice) => !description.includes(choice)) ? [choices.join(', ')] : []),
    ...(usual === undefined || typeof usual === 'boolean' || Array.isArray(usual)
      ? []
      : [`default ${JSON.stringify(usual).replaceAll('"', '')}`]),
  ];
  return `\`${flags}\`: ${plain(description)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

function commandLines(path: string, spec: CommandSpec | NounSpec): string[] {
  if (!isNoun(spec) && spec.isNow !== undefined) return [];
  if (isNoun(spec)) return spec.commands.flatMap((child) => commandLines(`${path} ${child.name}`, child));
  const words = [path, spec.arguments].filter(Boolean).join(' ');
  return [
    ...entry(0, `\`${words}\`: ${plain(spec.description)}`),
    ...(spec.options ?? [])
      .filter((option) => !decisionOptions.includes(option))
      .flatMap((option) => entry(1, optionText(option))),
    ...(spec.examples ?? []).flatMap((example) => entry(1, `for example \`${example}\``)),
  ];
}

/** Every command by group, as Markdown. */
export async function commandLists(): Promise<string> {
  const lines: string[] = [];
  for (const { title, entries } of commandGroups) {
    lines.push(`### ${title}`, '');
    for (const { name, description, load } of entries) {
      const spec = { ...(await load()), name, description };
      if (isNoun(spec)) lines.push(...wrapped(`**${name}**: ${plain(description)}`, width), '');
      lines.push(...commandLines(name, spec), '');
    }
  }
  return lines.join('\n').trimEnd();
}
