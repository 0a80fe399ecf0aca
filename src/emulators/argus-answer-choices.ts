import { oneOf } from './behaviours.ts';

export const answerChoices = {
  count: oneOf(
    '`count`: all matches; 0 (not counted); the rows of this page; at most 20 (counting stops early); -1 (timed out); those too that the key may not read; as text; absent.',
    'exact',
    'zero',
    'page',
    'stopsEarly',
    'unknown',
    'withHidden',
    'text',
    'absent',
  ),
  countWithAfterValue: oneOf(
    '`count` of a request with `afterValue`: all matches, or those after the value.',
    'total',
    'remaining',
  ),
  size: oneOf('`size`: the rows that were sent; one more; as text; absent.', 'exact', 'tooLarge', 'text', 'absent'),
  echo: oneOf('`limit` and `offset` of an answer: numbers, texts, or absent.', 'number', 'text', 'absent'),
  responseCode: oneOf(
    '`responseCode` of a successful answer: a number, a text, or absent.',
    'number',
    'text',
    'absent',
  ),
  successMessages: oneOf(
    '`messages` of a successful answer: empty, null, or one of this type.',
    'empty',
    'null',
    'WARNING',
    'NOTIFICATION',
    'INFO',
  ),
  partialResult: oneOf('`metaData.partialResult` of a search.', 'absent', 'false', 'true'),
  noMatch: oneOf('A search that finds nothing: `data: []`, `data: null`, or 404.', 'emptyList', 'nullData', '404'),
};
