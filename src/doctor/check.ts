/** What one check of the doctor found. */
export interface CheckResult {
  /** The name of its row in docs/decisions/unproven.md. */
  readonly check: string;
  readonly outcome: 'ok' | 'differs' | 'not asked';
  /** Never with a secret, and never with a value that a source sent. */
  readonly text: string;
}

export type Judgement = Omit<CheckResult, 'check'>;

/** Name → what a source's answers say about it. Pure. */
export type Checks<Answers> = Readonly<Record<string, (answers: Answers) => Judgement>>;

export const ok = (text: string): Judgement => ({ outcome: 'ok', text });
export const differs = (text: string): Judgement => ({ outcome: 'differs', text });
export const notAsked = (text: string): Judgement => ({ outcome: 'not asked', text });

export const judge = <Answers>(checks: Checks<Answers>, answers: Answers): readonly CheckResult[] =>
  Object.entries(checks).map(([check, by]) => ({ check, ...by(answers) }));

export const judgeNone = (checks: Checks<never>, why: string): readonly CheckResult[] =>
  Object.keys(checks).map(check => ({ check, ...notAsked(why) }));
