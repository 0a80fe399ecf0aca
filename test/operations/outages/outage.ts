/** An outage, and what is seen of it: by callers, in the log, in the metrics, by `/readyz`, and which alerts fire. */
import type { Subject, SubjectOptions } from './subject.ts';

export interface Outage extends SubjectOptions {
  /** What is asked meanwhile; `@` is a new name each time. The verdict on it, where undefined. */
  readonly asked?: string;
  /** How often. */
  readonly everyMs?: number;
  begin(subject: Subject): unknown;
  /** In an answer. Undefined: callers notice nothing. */
  readonly answer?: string;
  /** Members of a line. */
  readonly log?: Readonly<Record<string, unknown>>;
  readonly metric?: RegExp;
  /** In `/readyz`, which is 200 in every outage. */
  readonly readiness?: string;
  readonly alerts: readonly string[];
  /** May fire as well, as a consequence. */
  readonly perhaps?: readonly string[];
}

type Fault = Parameters<Subject['emulators']['datadog']['faults']['add']>[0];

/** Given to the emulator. */
export const datadog =
  (fault: Fault) =>
  ({ emulators }: Pick<Subject, 'emulators'>) =>
    emulators.datadog.faults.add(fault);
export const argus =
  (fault: Fault) =>
  ({ emulators }: Pick<Subject, 'emulators'>) =>
    emulators.argus.faults.add(fault);

/** In an answer of which nothing is missing. */
export const whole = '"verdict":{"level":"NO_MATCH","missing":[]}';
