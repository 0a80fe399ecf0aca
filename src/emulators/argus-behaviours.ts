/** Behaviours that the documentation of Argus leaves open. They may be changed while the emulator runs. */
export interface ArgusBehaviours {
  /** `GET /indicator/{id}` of a record on a list that the key may not read. */
  hiddenRecordById: '403' | '404';
  /** `GET /indicator/{id}` of an unknown id: 404, or 200 with `data: null`. */
  unknownId: '404' | 'nullData';
  /** `GET /indicator/{id}` of a deleted record. */
  deletedById: '404' | 'returned';
  /** A property descriptor that the key may not read. */
  hiddenProperty: '403' | 'omitted';
  /** An unknown property descriptor. */
  unknownProperty: '412' | 'omitted';
  /** An unknown list or type in the criteria: 412, or no match for it. */
  unknownName: '412' | 'empty';
  /** A list in the criteria that the key may not read. */
  hiddenListInFilter: 'empty' | '403' | '412';
  /** `offset` + `limit` over 10,000: 412, or only the elements below. */
  windowOver: '412' | 'cap';
  /** `limit: 0`: all elements, if they fit into the window; or 412. */
  limitZero: 'all' | '412';
  /** `afterValue` where the first sort field is not `value`. */
  afterValueWithOtherSort: '412' | 'ignored';
  /** Whether `afterValue` begins after the records of that value, or with them. */
  afterValueMatch: 'strict' | 'inclusive';
  /** `count` of a request with `afterValue`: of all matches, or of those after the value. */
  countWithAfterValue: 'total' | 'remaining';
  /** Timestamps of 0 with the strategy `all`: skipped, or compared as 1970. */
  unsetTimestamps: 'skipped' | 'literal';
  /** `%2F` in the path's `{value}`: decoded, or the plain 400 of Jetty 12. */
  encodedSlash: 'decoded' | '400';
  /** Case of domain values, in exact and in domain search. */
  domainCase: 'insensitive' | 'exact';
  /** A record's own `confidence`: absent as documented, or sent as in Argus's SDK, where it defaults to its list's. */
  recordConfidence: 'absent' | 'sent';
  /** Deleted records in a search without `includeDeleted`. */
  deletedInSearch: 'omitted' | 'returned';
  /** Matches records that overlap the criterion, or only those that are completely inside it. */
  ipSearchMatch: 'overlap' | 'within';
  /** `messages` of a successful answer. */
  successMessages: 'empty' | 'null';
}

export const argusDefaults: ArgusBehaviours = {
  hiddenRecordById: '403',
  unknownId: '404',
  deletedById: '404',
  hiddenProperty: '403',
  unknownProperty: '412',
  unknownName: '412',
  hiddenListInFilter: 'empty',
  windowOver: '412',
  limitZero: 'all',
  afterValueWithOtherSort: '412',
  afterValueMatch: 'strict',
  countWithAfterValue: 'total',
  unsetTimestamps: 'skipped',
  encodedSlash: 'decoded',
  domainCase: 'insensitive',
  recordConfidence: 'absent',
  deletedInSearch: 'omitted',
  ipSearchMatch: 'overlap',
  successMessages: 'empty',
};
