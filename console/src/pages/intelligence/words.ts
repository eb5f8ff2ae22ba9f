import type { CveRow, FactorReason, FeedStatus } from '../../api/intelligence.ts';

export const words = { title: 'Intelligence' } as const;

export const feedWords: Readonly<Record<FeedStatus['feed'], string>> = {
  kev: 'KEV: known to be exploited (CISA)',
  epss: 'EPSS: how likely to be exploited (FIRST)',
  nvd: 'NVD: ratings and references (NIST)',
  cve: 'CVE records (CVE program)',
  ssvc: 'SSVC points (CISA)',
};

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 2 : 1)}%`;

const versions = ['4.0', '3.1', '3.0', '2.0'] as const;

/** The newest rating that there is. */
export function newestRating({ cvss }: Pick<CveRow, 'cvss'>): string | null {
  for (const version of versions) {
    const rating = cvss[version];
    if (rating) return `${rating.score.toFixed(1)} (${version})`;
  }
  return null;
}

/** Why a factor of a risk score is what it is. */
export function reasonWords(reason: FactorReason): string {
  const cve = reason.cve ? `, ${reason.cve}` : '';
  const score = reason.score ?? '–';
  switch (reason.rule) {
    case 'cvss':
      return reason.cve ? `CVSS ${score}${cve}` : `exploitability ${score} of 10 by CVSS`;
    case 'scanner':
      return `CVSS ${score}, as the scanner says`;
    case 'word':
      return reason.word
        ? `${reason.word}, as the scanner says`
        : 'nobody rated it: the finding’s own severity';
    case 'kev':
      return `known to be exploited since ${reason.since ?? '–'} (KEV${cve})`;
    case 'active':
      return `actively exploited (SSVC${cve})`;
    case 'epss':
      return reason.date ? `EPSS ${score} of ${reason.date}${cve}` : `EPSS ${score}, as the scanner says`;
    case 'public':
      return `exploit code is public${cve}`;
    case 'unknown':
      return 'unknown: no feed and no scanner says';
  }
}
