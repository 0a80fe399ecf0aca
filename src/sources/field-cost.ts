/** The upstream cost of a field, computed from its arguments and selection before execution. */

/** A field of the operation. */
export interface CostedField {
  /** An argument's value, with variables and defaults applied. */
  argument(name: string): unknown;
}

/** Field names from a field to one below it: `['edges', 'node']`. Empty: the field itself. */
export type FieldPath = readonly string[];

/** Counts the calls of an operation. A field of Indicator counts once for each indicator that it is selected on. */
export interface CostMeter<Field extends CostedField = CostedField> {
  /** One call for each indicator; fields of an indicator with equal `source` and `variant` share it. `isInRows`:
   * a row of a list says as much. */
  callEach(field: Field, source: string, variant?: unknown, isInRows?: boolean): void;
  /**
   * The indicators of all fields with the same source and `question` share searches of a limited number of values. `kinds`:
   * among how many kinds of searches they may be divided, 1 unless given; where there are several, an address block takes
   * part in two.
   */
  search(field: Field, source: string, question: string, kinds?: number): void;
  /** Calls that no other field shares; each also counts as one indicator in the rate limit. */
  callAlone(times?: number): void;
  /** The same for calls whose answers are cached. */
  callAloneIfUnknown(times: number): void;
  /** The caller names these values; each becomes an indicator at `path`. */
  name(field: Field, values: unknown, path?: FieldPath): void;
  /** The same for values that are written: one call for each, which no cache can save. More than `most` are refused. */
  nameWritten(field: Field, values: unknown, path: FieldPath, most: number): void;
  /** The same for the values in a text. */
  nameExtracted(field: Field, text: unknown, path?: FieldPath): void;
  /** Each object that the field is selected on is asked for the properties of these names. */
  nameProperties(field: Field, names: unknown): void;
  /** Values in a filter: they count in the limits, but become no indicators. */
  nameFiltered(values: readonly unknown[]): void;
  /** The argument cannot be meant: nothing is asked, and the whole operation is refused with this message. */
  refuse(argument: string, message: string): void;
  /** The same field, of the hosts of its indicators instead, for calls that are made for them as well. */
  ofHosts(field: Field): Field;
  /** Each indicator has another one below this field, such as a URL's host. */
  leadToIndicator(field: Field): void;
  /** Each indicator has `each` records at these paths, each with an indicator in its field `indicator`. */
  leadToRecords(field: Field, each: number, paths: readonly FieldPath[]): void;
  /**
   * The field has so many rows at these paths, each with an indicator in its field `indicator`. They hold what fields
   * with `isInRows` ask the source of this variant.
   */
  leadToRows(
    field: Field,
    count: number,
    paths: readonly FieldPath[],
    row: readonly [source: string, variant: unknown],
  ): void;
}

/** One search is about no more values than these, which keeps its body well under a megabyte. */
export const valuesPerSearch = 500;

/** Reports to the meter, and does nothing else. */
export type FieldCost = <Field extends CostedField>(field: Field, meter: CostMeter<Field>) => void;

/** Type name → field name → cost. */
export type Costs = Readonly<Record<string, Readonly<Record<string, FieldCost>>>>;

/** For resolvers that make no calls. */
export const free: FieldCost = () => {};
