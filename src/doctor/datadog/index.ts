import type { Examination } from '../examination.ts';
import { datadogChecks } from './checks.ts';
import { askDatadog, askForList, type DatadogAnswers } from './questions.ts';

export const datadogExamination: Examination<DatadogAnswers> = {
  checks: datadogChecks,
  variables: 'DD_API_KEY and DD_APP_KEY, or DD_ACCESS_TOKEN',
  askFirst: askForList,
  askRest: askDatadog,
};
