/** The records of a data set, found by id and by value. */
import type { SearchTerms } from './argus-criteria.ts';
import type { IpRange } from './ip-range.ts';

export interface NamedType {
  readonly shortName: string;
  readonly name: string;
}

export interface IndicatorList {
  readonly id: string;
  readonly shortName: string;
  readonly name: string;
  /** The list's default, 0 to 1. */
  readonly confidence: number | null;
}

export interface Descriptor {
  readonly id: string;
  readonly shortName: string;
  readonly name: string;
  readonly dataType: string;
  readonly multiValue: boolean;
}

export interface EmulatedRecord {
  readonly id: string;
  readonly list: IndicatorList;
  readonly type: NamedType;
  readonly value: string;
  readonly state: string;
  /** Its own, 0 to 1; null: that of its list. */
  readonly confidence: number | null;
  readonly firstSeenTimestamp: number;
  readonly lastSeenTimestamp: number;
  readonly createdTimestamp: number;
  readonly lastUpdatedTimestamp: number;
  /** 0 if not deleted. */
  readonly deletedTimestamp: number;
  readonly flags: readonly string[];
  /** By short name of the descriptor. */
  readonly properties: Readonly<Record<string, string | readonly string[]>>;
  /** Set for values that are addresses, blocks or ranges. */
  readonly range: IpRange | undefined;
}

interface RecordIndex {
  add(record: EmulatedRecord): EmulatedRecord;
  remove(id: string): void;
  all(): readonly EmulatedRecord[];
  byId(id: string): EmulatedRecord | undefined;
  byValue(value: string): readonly EmulatedRecord[];
}

export function createRecordIndex(): RecordIndex {
  const byId = new Map<string, EmulatedRecord>();
  const byValue = new Map<string, EmulatedRecord[]>();
  let all: EmulatedRecord[] | undefined;
  const keyOf = (value: string): string => value.toLowerCase();
  const remove = (id: string): void => {
    const record = byId.get(id);
    if (!record) return;
    all = undefined;
    byId.delete(id);
    const siblings = byValue.get(keyOf(record.value)) ?? [];
    byValue.set(
      keyOf(record.value),
      siblings.filter(sibling => sibling.id !== id),
    );
  };
  return {
    add: record => {
      remove(record.id);
      all = undefined;
      byId.set(record.id, record);
      const siblings = byValue.get(keyOf(record.value));
      if (siblings) siblings.push(record);
      else byValue.set(keyOf(record.value), [record]);
      return record;
    },
    remove,
    all: () => {
      all ??= [...byId.values()];
      return all;
    },
    byId: id => byId.get(id),
    byValue: value => byValue.get(keyOf(value)) ?? [],
  };
}

/** A page that is about to be made. */
interface ComingPage {
  /** 1 for the first page of a search. */
  readonly page: number;
  readonly terms: SearchTerms;
  /** The matches before this page, and those from it on, as they are at this moment. */
  readonly before: readonly EmulatedRecord[];
  readonly from: readonly EmulatedRecord[];
}

export type BeforePage = (coming: ComingPage) => void;
