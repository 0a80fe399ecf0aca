/** What the egress policy keeps from a source: it is not sent, and nothing that was heard of it before is shown either. */
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import type { UpstreamError } from '../http-client/errors.ts';
import { createUpstreamError } from '../http-client/status.ts';
import type { Operation } from './source.ts';

/** Undefined: it may be sent. */
export const withheldIndicator = (source: SourceLabel, indicator: Indicator, { egress }: Pick<Operation, 'egress'>) =>
  withheld(source, egress?.withheldBy(source.name, indicator));

/** The first of these texts that may not be sent decides. */
export const withheldText = (source: SourceLabel, texts: readonly string[], { egress }: Pick<Operation, 'egress'>) =>
  egress && withheld(source, texts.map(text => egress.textWithheldBy(source.name, text)).find(Boolean));

function withheld(source: SourceLabel, rule: string | undefined): UpstreamError | undefined {
  if (rule === undefined) return undefined;
  return createUpstreamError(source, 'WITHHELD', {}, `was not asked: the egress policy withholds it ("${rule}")`);
}
