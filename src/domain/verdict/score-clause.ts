/** What a source that scores indicators says about one, as a part of a sentence. Pure. */
import { isAccusing } from './level-strength.ts';
import type { ScoreEvidence, SignalCount } from './model.ts';
import { type JudgedScore, urgentSignals } from './score-rules.ts';
import { type Detail, fullDetail, joined, quoted, rounded, shownText, someOf } from './wording.ts';

/** "Datadog scores it 4, called suspicious by "SPUR" (hosting proxy, tor), reviewed" */
export function scoreClause(
  title: string,
  evidence: ScoreEvidence,
  judged: readonly JudgedScore[],
  detail: Detail,
): string {
  if (detail.names === 0) return `${title} ${terseScore(evidence)}`;
  const { maliciousSources, suspiciousSources, benignSources, triageState } = evidence;
  const accused = joined([
    ...calledBy('malicious', maliciousSources, detail),
    ...calledBy('suspicious', suspiciousSources, detail),
  ]);
  const isAccused = judged.some(({ effect }) => isAccusing(effect));
  const isMuted = judged.some(({ rule, effect }) => rule === 'high' && effect === 'SUSPICIOUS');
  const benign = calledBy(isMuted ? 'benign (or muted)' : 'benign', benignSources, detail);
  const parts = [
    accused === '' ? '' : accused + categoriesOf(evidence, detail),
    signalsOf(evidence),
    ...benign.map(text => (isAccused ? `but ${text}` : text)),
    triageState === 'REVIEWED' ? 'reviewed' : '',
  ];
  return [scored(title, evidence), ...parts.filter(part => part !== '')].join(', ');
}

/** What one rule rests on: "Datadog has it called suspicious by "SPUR" (hosting proxy, tor)". */
export function scoreReason(title: string, { rule, effect }: JudgedScore, evidence: ScoreEvidence): string {
  const { maliciousSources, suspiciousSources, benignSources } = evidence;
  const has = (how: string, names: readonly string[], notes = '') =>
    `${title} has it ${calledBy(how, names, fullDetail)}${notes}`;
  switch (rule) {
    case 'malicious':
      return has('malicious', maliciousSources, categoriesOf(evidence, fullDetail));
    case 'suspicious':
      return has('suspicious', suspiciousSources, categoriesOf(evidence, fullDetail));
    case 'signals':
      return `${title} has it ${signalsOf(evidence)}`;
    case 'high': {
      const muted = calledBy('benign (or muted)', benignSources, fullDetail);
      return [scored(title, evidence), ...(effect === 'SUSPICIOUS' ? muted : [])].join(', but ');
    }
    case 'benign':
      return [scored(title, evidence), ...calledBy('benign', benignSources, fullDetail)].join(', ');
    case 'medium':
    case 'known':
      return scored(title, evidence);
    case 'context':
      return contextOf(title, evidence);
    default:
      return rule satisfies never;
  }
}

const scored = (title: string, { score, covering }: ScoreEvidence): string => {
  const it = covering === undefined ? 'it' : `${shownText(covering, fullDetail)} around it`;
  return score === null ? `${title} knows ${it} without a score` : `${title} scores ${it} ${rounded(score)}`;
};

const calledBy = (how: string, names: readonly string[], detail: Detail): readonly string[] =>
  names.length === 0 ? [] : [`called ${how} by ${someOf(names, detail)}`];

function contextOf(title: string, { triageState, logMatches, lacksSeverities }: ScoreEvidence): string {
  const triage = triageState && `triage ${triageTexts[triageState]}`;
  const parts = [
    triage,
    logMatches !== null && `log matches: ${logMatches}`,
    lacksSeverities && 'signals whose severities were not asked',
  ];
  return `${title} has ${parts.filter(Boolean).join(', ')}`;
}

const triageTexts = {
  NOT_REVIEWED: 'not reviewed',
  REVIEWED: 'reviewed, without a conclusion on record',
  UNKNOWN: 'unknown',
} as const;

/** "scores it 92 (feeds: 2 malicious, 1 suspicious, 1 benign; with critical signals)" */
function terseScore(evidence: ScoreEvidence): string {
  const { score, maliciousSources, suspiciousSources, benignSources } = evidence;
  const lists = { malicious: maliciousSources, suspicious: suspiciousSources, benign: benignSources };
  const feeds = Object.entries(lists)
    .filter(([, names]) => names.length > 0)
    .map(([how, names]) => `${new Set(names).size} ${how}`);
  const notes = [
    feeds.length > 0 ? `feeds: ${feeds.join(', ')}` : '',
    urgentSignals(evidence).length > 0 ? 'critical or high signals' : '',
  ].filter(note => note !== '');
  const opening = score === null ? 'knows it' : `scores it ${rounded(score)}`;
  return notes.length > 0 ? `${opening} (${notes.join('; ')})` : opening;
}

/** Without quotes only what cannot be mistaken for the sentence itself. */
function categoriesOf({ categories }: ScoreEvidence, detail: Detail): string {
  if (!detail.hasNotes || categories.length === 0) return '';
  const plain = [...new Set(categories)]
    .sort()
    .map(name => (/^[a-z0-9_-]{1,30}$/i.test(name) ? name.replaceAll('_', ' ') : quoted(name, { nameLength: 30 })));
  const rest = plain.length - 3;
  return ` (${[...plain.slice(0, 3), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')})`;
}

function signalsOf(evidence: ScoreEvidence): string {
  const signals = urgentSignals(evidence);
  if (signals.length === 0) return '';
  const severities = [...new Set(signals.map(({ severity }) => severity?.toLowerCase()))].sort().join(' or ');
  const total = signals.reduce((sum, { count }) => sum + wholeNumber(count), 0n);
  return `matched by ${total > 0n ? `${total} ` : ''}${severities} signal${total === 1n ? '' : 's'}`;
}

/** Counts beyond 2^53 come as text; whatever is no whole number adds nothing. */
const wholeNumber = (count: SignalCount['count']): bigint => (/^\d+$/.test(`${count}`) ? BigInt(`${count}`) : 0n);
