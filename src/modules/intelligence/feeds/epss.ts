/**
 * EPSS scores of a day: a line with model and date, a header, a line a CVE. Read line by line and by hand: its lines have no quotes,
 * and a reader of CSV in general takes four times as long over 300,000 of them.
 */
import type { EpssScore } from '../../../record/intelligence/index.ts';
import { cvePattern, feedFault, quoted } from '../feed-fault.ts';
import type { FeedFile } from '../feed-file.ts';
import { linesOf } from './lines.ts';
import type { ScoreReading } from './reading.ts';
import { onlyDocument } from './text-of-document.ts';

const remedy = 'Load the file as FIRST publishes it: epss_scores-YYYY-MM-DD.csv.gz, whole and unchanged.';
const share = /^(?:0(?:\.\d{1,12})?|1(?:\.0{1,12})?|\d(?:\.\d{1,12})?[eE]-\d{1,2})$/;

/** @throws FEED_INVALID naming line and field. */
export async function readEpss(file: FeedFile): Promise<ScoreReading> {
  const lines = linesOf(await onlyDocument(file))[Symbol.asyncIterator]();
  const refuse = (line: number, field: string, message: string) =>
    feedFault({ file: file.name, where: `line ${line}`, field, message }, remedy);
  const first = await lines.next();
  const about = /^#\s*model_version:([^,\s]+),\s*score_date:([^,\s]+)/.exec(first.value ?? '');
  const [, model = '', when = ''] = about ?? [];
  const date = dateOf(when);
  if (!about)
    throw refuse(1, 'model_version', `${quoted(first.value ?? '')}: expected #model_version:…,score_date:…`);
  if (date === undefined) throw refuse(1, 'score_date', `${quoted(when)} is no date`);
  const header = await lines.next();
  if ((header.value ?? '').trim() !== 'cve,epss,percentile')
    throw refuse(2, 'the header', `${quoted(header.value ?? '')}: expected cve,epss,percentile`);
  return {
    kind: 'scores',
    issue: { version: model, date },
    day: date.slice(0, 10),
    scores: (async function* (): AsyncGenerator<EpssScore> {
      let number = 2;
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        number += 1;
        if (line.value === '') continue;
        const [cve = '', epss = '', percentile = '', more] = line.value.split(',');
        if (more !== undefined) throw refuse(number, 'the line', 'has more than three fields');
        if (!cvePattern.test(cve)) throw refuse(number, 'cve', `${quoted(cve)}: expected CVE-YYYY-NNNN`);
        if (!share.test(epss)) throw refuse(number, 'epss', `${quoted(epss)}: expected a number from 0 to 1`);
        if (!share.test(percentile))
          throw refuse(number, 'percentile', `${quoted(percentile)}: expected a number from 0 to 1`);
        yield { cve, epss, percentile };
      }
      if (number === 2) throw refuse(3, 'the line', 'no scores follow: the file was cut');
    })(),
  };
}

/** Two forms have been published: with +0000 and with Z. */
function dateOf(text: string): string | undefined {
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
