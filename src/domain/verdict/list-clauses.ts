/** What a source that keeps lists says about an indicator and what covers it, as parts of a sentence. Pure. */
import { parseIpSpan } from '../indicator/ip-span.ts';
import { daysSinceSeen, type JudgedCovering, type JudgedRecord } from './list-rules.ts';
import type { ListEvidence } from './model.ts';
import { recentDaysOf } from './policy.ts';
import { toPercent } from './severity-bands.ts';
import { counted, type Detail, quoted, rounded, shownText, withRest } from './wording.ts';

/** Of records that are sorted as `list-rules.ts` gives them. "Argus has it on 4 lists, "A" (active, confidence 90), "B" (…) and 2 more" */
export function listsClause(
  title: string,
  records: readonly JudgedRecord<unknown>[],
  answeredAt: string | null,
  detail: Detail,
): string {
  return `${title} has it on ${listsOf(records, answeredAt, detail, '')}`;
}

/** "its parent evil[.]example[.]org is on the Argus list "A" (active, confidence 90)"; `whose`: "it" or "its host". */
export function coveringClause(
  title: string,
  records: readonly JudgedCovering[],
  answeredAt: string | null,
  whose: string,
  detail: Detail,
): string {
  const [strongest] = records as readonly [JudgedCovering, ...JudgedCovering[]];
  const { value } = strongest.record;
  const ofValue = records.filter(({ record }) => record.value === value);
  const others = new Set(records.map(({ record }) => record.value)).size - 1;
  const more =
    others > 0 && detail.names > 0 ? `, as ${others === 1 ? 'is' : 'are'} ${others} more around ${whose}` : '';
  return `${placeOf(strongest, whose, detail)} is on ${listsOf(ofValue, answeredAt, detail, `${title} `)}${more}`;
}

function placeOf({ record: { value }, isShared }: JudgedCovering, whose: string, detail: Detail): string {
  const name = detail.names === 0 ? '' : ` ${shownText(value, detail)}`;
  if (parseIpSpan(value) !== undefined) return `the block${name} around ${whose}`;
  if (isShared) return `the shared domain${name} above ${whose}`;
  return `${whose === 'it' ? 'its' : `${whose}'s`} parent${name}`;
}

function listsOf(
  records: readonly JudgedRecord<unknown>[],
  answeredAt: string | null,
  detail: Detail,
  owner: string,
): string {
  // A list may have it more than once: the strongest record comes first.
  const lists = new Map<string, JudgedRecord<unknown>>();
  for (const judged of records) if (!lists.has(judged.record.list)) lists.set(judged.record.list, judged);
  const shown = [...lists.values()]
    .slice(0, detail.names)
    .map(judged => `${quoted(judged.record.list, detail)}${detail.hasNotes ? notesOn(judged, answeredAt) : ''}`);
  if (shown.length === 0) return counted(lists.size, `${owner}list`);
  return lists.size === 1
    ? `the ${owner}list ${shown[0]}`
    : `${counted(lists.size, `${owner}list`)}, ${withRest(shown, lists.size)}`;
}

const stateTexts: Readonly<Record<ListEvidence['state'], string>> = {
  ACTIVE: 'active',
  LATEST: 'past its active period',
  OLD: 'superseded or deleted',
  UNKNOWN: 'state unknown',
};

function notesOn({ record, rule, effect }: JudgedRecord<unknown>, answeredAt: string | null): string {
  const percent = toPercent(record.confidence);
  const isCurrent = record.state === 'ACTIVE' && daysSinceSeen(record, answeredAt) <= recentDaysOf('latest-high');
  const notes = [
    stateTexts[record.state],
    `confidence ${percent === null ? 'unknown' : rounded(percent)}`,
    isCurrent || record.lastSeen === null ? '' : `last seen ${record.lastSeen.slice(0, 10)}`,
    rule === 'capped' ? `counted as ${effect?.toLowerCase()} at most` : '',
    rule === 'special-use' ? 'of little weight for such a value' : '',
  ];
  return ` (${notes.filter(note => note !== '').join(', ')})`;
}
