import { oneOf } from './behaviours.ts';

export const searchChoices = {
  exactValue: oneOf(
    'An exact `value` finds itself; also the parents and blocks around it; also whatever contains its text.',
    'itself',
    'andCovering',
    'andSubstrings',
  ),
  domainCase: oneOf('Case of domain values, in exact and in domain search.', 'insensitive', 'exact'),
  ipSearchMatch: oneOf(
    '`ipSearch` finds what overlaps the criterion, or only what is completely inside it.',
    'overlap',
    'within',
  ),
  ipSearchTypes: oneOf('`ipSearch` finds addresses under any type, or only records of type `ip`.', 'any', 'ip'),
  typeNames: oneOf(
    'Short names of types: `domain`, `ip` and what the data has; `domainName`, `fileMd5` and such; `fqdn`, `ipv4`, `checksum` and such; `Domain`, `IP`.',
    'documented',
    'long',
    'short',
    'capitalised',
  ),
  tieOrder: oneOf(
    'Records that compare equal come in one order, or in the other on every second page.',
    'stable',
    'changing',
  ),
  deletedInSearch: oneOf('Deleted records in a search without `includeDeleted`.', 'omitted', 'returned'),
  hiddenRows: oneOf(
    'Records on lists that the key may not read: left out, or with `indicatorList: null`.',
    'omitted',
    'withoutList',
  ),
  foreignRow: oneOf(
    'A row that was not asked for, in each search for values: none, a domain, an address, or one with `value: null`.',
    'none',
    'domain',
    'address',
    'nullValue',
  ),
  partialRows: oneOf(
    'Rows of an answer that says it is partial (`successMessages: WARNING` or `partialResult: true`).',
    'all',
    'some',
    'none',
  ),
  afterValueMatch: oneOf('`afterValue` begins after the records of that value, or with them.', 'strict', 'inclusive'),
  unsetTimestamps: oneOf(
    'Timestamps of 0 with the strategy `all`: skipped, or compared as 1970.',
    'skipped',
    'literal',
  ),
};
