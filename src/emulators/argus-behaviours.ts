/**
 * Behaviours that the documentation of Argus leaves open. They may be changed while the emulator runs. The first word of
 * each is its default.
 */
import { z } from 'zod';
import { answerChoices } from './argus-answer-choices.ts';
import { refusalChoices } from './argus-refusal-choices.ts';
import { rowChoices } from './argus-row-choices.ts';
import { searchChoices } from './argus-search-choices.ts';
import { defaultsOf } from './behaviours.ts';

/** By subject, in the order in which they are printed. */
export const argusChoicesBySubject = {
  'What is refused, and how': refusalChoices,
  'What a search finds': searchChoices,
  'What is around the rows': answerChoices,
  'How a row is written': rowChoices,
};

export const argusChoices = z.strictObject({ ...refusalChoices, ...searchChoices, ...answerChoices, ...rowChoices });

export type ArgusBehaviours = z.infer<typeof argusChoices>;

export const argusDefaults: ArgusBehaviours = defaultsOf(argusChoices);
