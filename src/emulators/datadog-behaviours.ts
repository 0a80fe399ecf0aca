/**
 * Behaviours that the documentation and recorded answers leave open, and some that contradict it. They may be changed while
 * the emulator runs.
 */
export interface DatadogBehaviours {
  /** `objects` as recorded (JSON:API), `strings` as documented. */
  errorShape: 'objects' | 'strings';
  /** The requested `triage_history` where it has no event; `leftOut`: absent also where it has some. */
  emptyHistory: 'empty' | 'null' | 'absent' | 'leftOut';
  /** How many events of the history come where no limit is asked for, and at most; 0: all. */
  historyDefault: number;
  historyMaximum: number;
  /** What matches without `ocsf`: everything, or what `ocsf=true` or `ocsf=false` matches. */
  ocsfOmitted: 'all' | 'true' | 'false';
  /** How the indicator is repeated: as it was asked, or in one of the spellings of `datadog-readings.ts`. */
  echo: EchoSpelling;
  /** An indicator that nobody knows. */
  unknown: 'errors' | 'empty' | 'object' | 'html' | 'noErrors' | 'nullData' | 'noContent';
  /** Indicators of kinds that "Threat intelligence" does not name. */
  undocumentedKinds: 'answered' | '400';
  /** `score` of 0 to 100, or of 0 to 1. */
  scoreScale: 100 | 1;
  /** Numbers as documented, or as text. */
  numbers: 'numbers' | 'text';
  /** `malicious_sources` and its like: objects as documented, names, or where there is one, that alone. */
  sources: 'objects' | 'names' | 'oneObject' | 'oneName';
  /** Lists of texts: as documented, with `null` among them, or where there is one, that alone. */
  lists: 'lists' | 'withNull' | 'oneText';
  /** Times in one of the forms of `datadog-readings.ts`. */
  times: TimeForm;
  /** What is not set: as in the data set, or `""` as in the recording of April 2026. */
  unset: 'asStored' | 'emptyTexts';
  /** Fields that only decorate: as documented, or of other types, all at once. */
  decoration: 'documented' | 'otherTypes';
  /** Fields that are not documented. */
  extraFields: 'none' | 'some';
  /** False: a site or an organisation without the IoC Explorer, where each of its routes is 404. */
  hasExplorer: boolean;
}

export type EchoSpelling =
  | 'asAsked'
  | 'upperCase'
  | 'lowerCase'
  | 'finalSlash'
  | 'noFinalSlash'
  | 'defaultPort'
  | 'noFragment'
  | 'noScheme'
  | 'otherScheme'
  | 'decoded'
  | 'encoded'
  | 'parent'
  | 'block'
  | 'suffix'
  | 'uuidBeside'
  | 'uuidAlone'
  | 'absent'
  | 'another';

export type TimeForm =
  | 'asStored'
  | 'spaced'
  | 'date'
  | 'noZone'
  | 'compactZone'
  | 'epochSeconds'
  | 'epochMilliseconds'
  | 'yearOne'
  | 'leapSecond'
  | 'hour24'
  | 'farFuture';

export const datadogDefaults: DatadogBehaviours = {
  errorShape: 'objects',
  emptyHistory: 'empty',
  historyDefault: 0,
  historyMaximum: 0,
  ocsfOmitted: 'all',
  echo: 'asAsked',
  unknown: 'errors',
  undocumentedKinds: 'answered',
  scoreScale: 100,
  numbers: 'numbers',
  sources: 'objects',
  lists: 'lists',
  times: 'asStored',
  unset: 'asStored',
  decoration: 'documented',
  extraFields: 'none',
  hasExplorer: true,
};
