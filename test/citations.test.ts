/** Comments cite only what a reader of this repository can open: files of it, decisions, public addresses. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sources = globSync('{src,test,tools,simulators,bench}/**/*.ts', { cwd: root })
  // Its comments are those of released migrations, which never change.
  .filter((file) => basename(file) !== 'schema.ts');
const decisions = new Set(
  globSync('docs/decisions/[0-9]*.md', { cwd: root }).map((file) => basename(file).slice(0, 4)),
);
const pages = globSync('{*.md,{docs,src,bench,test,simulators}/**/*.md}', { cwd: root });

/** The comments of a file, each with its line. */
function commentsOf(file: string): { readonly at: string; readonly text: string }[] {
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const text = /^\s*(?:\/?\*|\/\/)(.*)|\s\/\/ (.*)/.exec(line);
      return text === null ? [] : [{ at: `${file}:${index + 1}`, text: text[1] ?? text[2] ?? '' }];
    });
}
const comments = sources.flatMap(commentsOf);
const pattern = (words: readonly string[]): RegExp => new RegExp(words.join('|'), 'i');

/** Whether a page of this name is in the repository, from its root, from the file that names it, or by its own name. */
function isHere(page: string, at: string): boolean {
  const from = dirname(at.split(':')[0] ?? '');
  if (page.includes('/')) return [root, join(root, from)].some((folder) => existsSync(join(folder, page)));
  return pages.some((each) => basename(each) === page);
}

describe('citations', () => {
  it('citations are searched in many files and comments', () => {
    expect(sources.length).toBeGreaterThan(500);
    expect(comments.length).toBeGreaterThan(2500);
    expect(decisions.size).toBeGreaterThanOrEqual(26);
  });

  it('citations of a comment name no plan, issue or folder outside the repository', () => {
    const outside = pattern([
      String.raw`\bdesign,? section`,
      String.raw`\bthe design\b`,
      String.raw`\breference/`,
      String.raw`(?<!\w )\bissue \d`,
      String.raw`shared/(?!describe)`,
      String.raw`\bhabit \d`,
      String.raw`\bpromise \d`,
    ]);
    const allowed = new Set(['test/citations.test.ts']);
    const found = comments.filter(
      ({ at, text }) => outside.test(text) && !allowed.has(at.split(':')[0] ?? ''),
    );
    expect(found).toEqual([]);
  });

  it('citations of a comment name only pages in the repository', () => {
    const found = comments.flatMap(({ at, text }) =>
      [...text.matchAll(/(?<![\w:/.-])[\w./-]*\w\.md\b/g)]
        .map(([page]) => ({ at, page }))
        .filter(({ page }) => !isHere(page, at)),
    );
    expect(found).toEqual([]);
  });

  it('citations of a comment name only decisions that exist', () => {
    const found = comments.flatMap(({ at, text }) =>
      [...text.matchAll(/\bdecisions? (\d{4})\b/gi)]
        .map(([, number = '']) => ({ at, number }))
        .filter(({ number }) => !decisions.has(number)),
    );
    expect(found).toEqual([]);
  });

  it('citations of a page lead to pages and files that are in the repository', () => {
    const found = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => ({ page, target }))
        .filter(({ target }) => !existsSync(join(root, dirname(page), target))),
    );
    expect(found).toEqual([]);
  });
});
