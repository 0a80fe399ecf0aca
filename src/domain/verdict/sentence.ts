/** The one sentence of a verdict: at most 300 characters, defanged, names out of upstreams in quotes. Pure. */
import { gateText, notConnected, nothingText } from './absence.ts';
import { evidenceClauses, type Statement, tooWideClauses } from './evidence-clauses.ts';
import { missingText } from './missing-sources.ts';
import type { Finding } from './reasons.ts';
import { type Detail, detailLevels, shownValue } from './wording.ts';

const maxLength = 300;

/** Takes the most detailed wording that fits. */
export function summarize(statement: Statement): string {
  let sentence = '';
  for (const detail of detailLevels) {
    sentence = sentenceOf(statement, detail);
    if (sentence.length <= maxLength) return sentence;
  }
  return `${sentence.slice(0, maxLength - 2).toWellFormed()}….`;
}

function sentenceOf(statement: Statement, detail: Detail): string {
  const { own, host, level, findings, missingSources } = statement;
  const evidence = evidenceClauses(statement, detail);
  const parts = (): readonly string[] => {
    if (level === 'NO_MATCH') {
      const tooWide = tooWideClauses(findings, detail);
      return [nothingText(own, host, detail), ...tooWide, 'this is no proof that it is harmless'];
    }
    if (level !== 'INCONCLUSIVE') return [...evidence, ...gaps(statement, detail)];
    const [first, ...others] = evidence;
    return [gateText(missingSources, own, detail), ...(first === undefined ? [] : [`so far, ${first}`, ...others])];
  };
  return `${openingOf(statement, detail)}: ${parts().join('; ')}.`;
}

function openingOf({ own: { indicator }, level, findings, hostFindings }: Statement, detail: Detail): string {
  const value = shownValue(indicator, detail);
  switch (level) {
    case 'MALICIOUS':
      return `${value} is malicious`;
    case 'SUSPICIOUS':
      return `${value} is suspicious`;
    case 'INCONCLUSIVE':
      return `Nothing can be concluded about ${value}`;
    case 'INFORMATIONAL':
      return [...findings, ...hostFindings].some(isListed)
        ? `${value} is only weakly accused`
        : `${value} is known, and nobody accuses it`;
    case 'BENIGN':
      return `${value} is known only as benign`;
    case 'NO_MATCH':
      return `Nothing was found about ${value}`;
    default:
      return level satisfies never;
  }
}

const isListed = (finding: Finding): boolean =>
  finding.kind === 'LISTS' && [...finding.records, ...finding.covering].some(({ effect }) => effect !== null);

const gaps = ({ missingSources, own }: Statement, detail: Detail): readonly string[] => [
  ...(missingSources.length > 0 ? [missingText(missingSources, detail)] : []),
  ...notConnected(own),
];
