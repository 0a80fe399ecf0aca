import type { Examination } from '../examination.ts';
import { pageChecks } from './page-checks.ts';
import { type ArgusAnswers, askArgus, askForRows } from './questions.ts';
import { rowChecks } from './row-checks.ts';
import { searchChecks } from './search-checks.ts';

export const argusExamination: Examination<ArgusAnswers> = {
  checks: { ...rowChecks, ...pageChecks, ...searchChecks },
  variables: 'ARGUS_API_KEY',
  askFirst: askForRows,
  askRest: askArgus,
};
