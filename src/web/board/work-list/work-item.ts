/** A row of the work list: Datadog's row, what the join knows of its indicator, and the mark made here. Pure. */
import { defangText, escapeUnsafe } from '../../../clients/safe-text.ts';
import type { TriageState } from '../generated/graphql.ts';
import type { BoardRow, Standing } from '../triage.ts';
import type { Mark } from './marks.ts';
import type { ListedRow } from './requests.ts';

export interface WorkItem {
  readonly entry: { readonly key: string };
  readonly listed: ListedRow;
  readonly row: BoardRow | undefined;
  readonly mark: Mark | undefined;
  readonly standing: Standing;
}

export function toWorkItem(listed: ListedRow, row: BoardRow | undefined, mark: Mark | undefined): WorkItem {
  const standing = row?.verdict.level ?? (listed.problem === undefined ? 'UNUSABLE' : 'UNANSWERED');
  return { entry: { key: listed.id }, listed, row, mark, standing };
}

/** As the page shows it: defanged. */
export const shownName = ({ listed, row }: WorkItem): string =>
  row?.defanged ?? (listed.value === null ? 'no value' : escapeUnsafe(defangText(listed.value)));

/** As far as is known. */
export const stateOf = ({ listed, mark }: Pick<WorkItem, 'listed' | 'mark'>): TriageState | null =>
  mark?.recorded ?? listed.triageState;

/** Who has reviewed it before, and when; undefined: nobody has, as far as Datadog says. */
export function reviewedBefore({ listed }: WorkItem): { readonly at: string; readonly by: string } | undefined {
  const { triagedAt, triagedBy, hasNoNames } = listed;
  if (triagedAt === null) return undefined;
  return { at: triagedAt, by: triagedBy ?? (hasNoNames ? 'a name that is not shown to you' : 'somebody') };
}
