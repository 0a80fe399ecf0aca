/** What an answer is worth, by its data: not by its HTTP status, which is 200 where a source is missing too. */

export interface Answer {
  /** Of HTTP; 0 where the connection was lost. */
  readonly status: number;
  /** Values that both sources have answered. */
  readonly complete: number;
  /** Values that lack a source and are told when to ask again. */
  readonly toldWhen: number;
  /** Values that lack a source without a word on when. */
  readonly untold: number;
}

interface Report {
  readonly status: string;
  readonly retryAfterSeconds: number | null;
}
interface Reports {
  readonly datadog: { readonly report: Report };
  readonly argus: { readonly report: Report };
}
interface Body {
  readonly data?: { readonly indicators?: readonly Reports[] } | null;
  readonly errors?: readonly { readonly extensions?: { readonly retryAfterSeconds?: number } }[];
}

/** To be selected on each of the `indicators`. */
export const reports = 'datadog { report { status retryAfterSeconds } } argus { report { status retryAfterSeconds } }';

export const lost = (asked: number): Answer => ({ status: 0, complete: 0, toldWhen: 0, untold: asked });

/** Of a refusal that has no data, each of the values that were asked counts as one without an answer. */
export function readAnswer(status: number, retryAfter: unknown, text: string, asked: number): Answer {
  const { data, errors = [] } = parse(text);
  const indicators = data?.indicators;
  if (indicators === undefined) {
    const isTold = retryAfter !== undefined || errors.some(({ extensions }) => extensions?.retryAfterSeconds);
    return { status, complete: 0, toldWhen: isTold ? asked : 0, untold: isTold ? 0 : asked };
  }
  const lacking = indicators.map(lackingOf).filter(failed => failed.length > 0);
  const toldWhen = lacking.filter(failed => failed.every(report => report.retryAfterSeconds !== null)).length;
  const complete = indicators.length - lacking.length;
  return { status, complete, toldWhen, untold: lacking.length - toldWhen };
}

const lackingOf = ({ datadog, argus }: Reports): readonly Report[] =>
  [datadog.report, argus.report].filter(({ status }) => status !== 'MATCHED' && status !== 'NO_MATCH');

function parse(text: string): Body {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
