/** What a field costs upstream, told from its arguments and its selection alone, before anything is asked. */

/** One field of an operation, as it will be executed. */
export interface CostedField {
  /** An argument's value, variables and defaults in. */
  argument(name: string): unknown;
}

/** Names of fields from one field down to another: `['edges', 'node']`. Empty: the field itself. */
export type FieldPath = readonly string[];

/** Takes note of what a field will ask. Each field of an Indicator asks about as many indicators as lead to it. */
export interface CostMeter<Field extends CostedField = CostedField> {
  /** One call for each indicator; fields of one indicator that ask `source` with one `variant` share it. */
  callEach(field: Field, source: string, variant?: unknown): void;
  /** All indicators of the operation travel in one search of `source`, so many at a time, for each `question`. */
  search(field: Field, source: string, question: string): void;
  /** Calls that no other field shares; each also counts as one in the rate limit. */
  callAlone(times?: number): void;
  /** The caller names these values; what is selected at `path` is asked about each. */
  name(field: Field, values: unknown, path?: FieldPath): void;
  /** The same for what a text will be found to name. */
  nameExtracted(field: Field, text: unknown): void;
  /** Values that the caller names in a filter: they count, though no Indicator is made of them. */
  nameFiltered(values: readonly unknown[]): void;
  /** Each indicator leads to another, whose fields are selected below this one. */
  leadToIndicator(field: Field): void;
  /** Each indicator leads to `each` records at these paths, and each record to the indicator below its `indicator`. */
  leadToRecords(field: Field, each: number, paths: readonly FieldPath[]): void;
}

/** It uses nothing but the meter: it never asks anything. */
export type FieldCost = <Field extends CostedField>(field: Field, meter: CostMeter<Field>) => void;

/** Type name → field → what it costs. */
export type Costs = Readonly<Record<string, Readonly<Record<string, FieldCost>>>>;

/** For resolvers that only look at what their parent brought, or at the value itself. */
export const free: FieldCost = () => {};
