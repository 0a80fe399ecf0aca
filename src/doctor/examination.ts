/** The examination of one source: whether it can be asked, then everything else. */
import type { Indicator } from '../domain/indicator/model.ts';
import { judgeAccess } from './answer.ts';
import type { Answer, Ask } from './ask.ts';
import { type CheckResult, type Checks, judge, judgeNone, notAsked } from './check.ts';

export interface Examination<Answers> {
  readonly checks: Checks<Answers>;
  /** The variables that hold its credentials. */
  readonly variables: string;
  askFirst(ask: Ask): Promise<Answer>;
  /** `given`: an indicator that the operator knows to be listed. */
  askRest(ask: Ask, first: Answer, given: Indicator | undefined): Promise<Answers>;
}

/** `ask` undefined: there are no credentials. */
export async function examine<Answers>(
  { checks, variables, askFirst, askRest }: Examination<Answers>,
  host: string,
  ask: Ask | undefined,
  given: Indicator | undefined,
): Promise<readonly CheckResult[]> {
  if (ask === undefined) return [{ check: 'access', ...notAsked(`without credentials: ${variables}`) }];
  const first = await askFirst(ask);
  const access: CheckResult = { check: 'access', ...judgeAccess(first, host, variables) };
  if (access.outcome !== 'ok') return [access, ...judgeNone(checks, 'it cannot be asked')];
  return [access, ...judge(checks, await askRest(ask, first, given))];
}
