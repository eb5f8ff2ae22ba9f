import { entityWord } from '../kit/entity-word.ts';
import type { DescribedChange } from '../../../engine/outbox/index.ts';

/** Text in lines of at most `width` characters, broken between words where it can be. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r?\n/)) {
    let line = '';
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.filter((line, index) => line !== '' || index === 0);
}

const labelWidth = 24;
const lineWidth = 78;

/** `New POA&M TL-…: title`, with the boundary where it is known. */
export function changeTitle(entity: string, kind: 'create' | 'update', change: DescribedChange): string {
  const word = entityWord(entity);
  const title = `${kind === 'create' ? 'new ' : ''}${word} ${change.title}`;
  return change.boundary === null ? title : `${title}  [${change.boundary}]`;
}

/** A change field by field, indented, within 80 columns. @param textLimit cuts long texts off. */
export function changeLines(change: DescribedChange, indent: string, textLimit: number): string[] {
  return change.lines.flatMap(({ field, before, after }) => {
    const value = before === undefined ? after : `${before} → ${after}`;
    const text = value.length > textLimit ? `${value.slice(0, textLimit - 1)}…` : value;
    const width = lineWidth - indent.length - labelWidth;
    return wrapped(text, width).map((line, index) =>
      `${indent}${(index === 0 ? field : '').padEnd(labelWidth)}${line}`.trimEnd(),
    );
  });
}
