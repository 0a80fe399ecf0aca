/** What Argus's answers say about its types and records. Pure. */
import { isNameOf } from '../../sources/argus/search/type-names.ts';
import { wireType } from '../../sources/argus/wire.ts';
import { isSuccess, outcomeOf, type SentRow } from '../answer.ts';
import { type Checks, differs, type Judgement, notAsked, ok } from '../check.ts';
import { compareFields } from '../fields.ts';
import { recordShape } from './fields.ts';
import { type ArgusAnswers, seenIn } from './questions.ts';
import { canonical, rowsOf, textOf } from './rows.ts';

const plainName = /^[\w.-]{1,30}$/;

function judgeTypes({ types }: ArgusAnswers): Judgement {
  const names = rowsOf(types).flatMap(row => wireType.safeParse(row).data?.shortName ?? []);
  if (!isSuccess(types) || names.length === 0)
    return differs(`the list of types ${outcomeOf(types)}: absences of hashes, URLs and the like stay INCONCLUSIVE`);
  const shown = names.map(name => (plainName.test(name) ? name : 'an unusual name')).join(', ');
  if (names.includes('domain') && names.includes('ip')) return ok(`its types are ${shown}`);
  const isRead = names.some(name => isNameOf('DOMAIN', name)) && names.some(name => isNameOf('IPV4', name));
  return differs(
    `its types are ${shown}, without "domain" or "ip": ${isRead ? 'they are read as such' : 'neither is known'}`,
  );
}

/** About all rows that were seen; `text` undefined: as assumed. */
const judgeRows =
  (text: (rows: readonly SentRow[]) => string | undefined, asAssumed: string) =>
  (answers: ArgusAnswers): Judgement => {
    const rows = seenIn(answers);
    if (rows.length === 0) return notAsked('no record was seen');
    const difference = text(rows);
    return difference === undefined ? ok(asAssumed) : differs(difference);
  };

const among = (rows: readonly SentRow[], is: (row: SentRow) => boolean): string =>
  `${rows.filter(is).length} of ${rows.length} records`;

function spelling(rows: readonly SentRow[]): string | undefined {
  const isOther = (row: SentRow) => canonical(textOf(row)) !== textOf(row);
  return rows.some(isOther)
    ? `${among(rows, isOther)} have their value in a spelling that is not ours: read by meaning, but an exact search may miss them`
    : undefined;
}

function confidence(rows: readonly SentRow[]): string | undefined {
  const hasOwn = ({ confidence: own }: SentRow) => own !== undefined;
  return rows.some(hasOwn)
    ? `${among(rows, hasOwn)} have a confidence of their own: it goes before that of their list`
    : undefined;
}

function deleted(rows: readonly SentRow[]): string | undefined {
  const isDeleted = ({ deletedTimestamp, flags }: SentRow) =>
    Number(deletedTimestamp) > 0 || (Array.isArray(flags) && flags.includes('deleted'));
  return rows.some(isDeleted) ? `${among(rows, isDeleted)} are deleted, unasked: they accuse nobody` : undefined;
}

export const rowChecks: Checks<ArgusAnswers> = {
  types: judgeTypes,
  records: answers => {
    const rows = seenIn(answers);
    return compareFields(rows, recordShape, {
      asAssumed: `${rows.length} records are as documented`,
      otherwise: 'evidence is read in every form that means one thing, decoration falls to null',
    });
  },
  spelling: judgeRows(spelling, 'values are spelt as we ask for them'),
  confidence: judgeRows(confidence, "confidence stands on the list alone, as on Argus's page"),
  deleted: judgeRows(deleted, 'no deleted record came unasked'),
};
