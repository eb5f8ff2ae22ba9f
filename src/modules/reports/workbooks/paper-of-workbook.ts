/** Marking, page x of y and what a report says of itself, in a workbook: header and footer of each sheet, and its properties. */
import type { About } from '../shown-about.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { escaped, type Parts, putText, textOf } from './package-parts.ts';
import { shownAbout } from '../shown-about.ts';

/** `&` begins a code in headers and footers; a section holds 255 characters in all. */
const plain = (text: string): string => text.replaceAll('&', '&&').slice(0, 110);

/** Puts header and footer where the sheet has none of its own. */
export function markPages(sheet: string, about: About): string {
  if (/<(?:\w+:)?headerFooter\b/.test(sheet)) return sheet;
  const header = `&C${plain(about.marking)}`;
  const footer = `&L${plain(`${about.generator}, as of ${about.asOf}, snapshot ${about.snapshot}`)}&C${plain(about.marking)}&RPage &P of &N`;
  const xml = `<headerFooter><oddHeader>${escaped(header)}</oddHeader><oddFooter>${escaped(footer)}</oddFooter></headerFooter>`;
  return sheet.replace(/(<pageSetup\b[^>]*\/>)(?=[\s\S]*<\/worksheet>)/, `$1${xml}`);
}

/** Says what it is in its properties, and forgets on whose machine the template was last saved. */
export function describeInCore(parts: Parts, snapshot: Snapshot, snapshotId: string): void {
  const about = shownAbout(snapshot, snapshotId);
  const said = `Data as of ${about.asOf}. Period ${about.period}. Covers ${about.covers}. Snapshot ${snapshotId}. ${about.generator}. ${about.marking}.`;
  putText(
    parts,
    'docProps/core.xml',
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>${escaped(about.generator)}</dc:creator><dc:description>${escaped(said)}</dc:description><dcterms:created xsi:type="dcterms:W3CDTF">${snapshot.takenAt.slice(0, 19)}Z</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">${snapshot.takenAt.slice(0, 19)}Z</dcterms:modified></cp:coreProperties>`,
  );
  putText(
    parts,
    'xl/workbook.xml',
    textOf(parts, 'xl/workbook.xml').replace(/<mc:AlternateContent[\s\S]*?<\/mc:AlternateContent>/, ''),
  );
}
