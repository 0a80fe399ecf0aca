/** What OpenTelemetry finds wrong, in the log: each problem once, in our words, for its own may hold addresses and headers. */
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import type { Log } from './log.ts';

/** By the library's texts. */
const warnings: readonly (readonly [text: RegExp, message: string])[] = [
  [/Dropped \d+ spans/, 'Spans were lost: more of them waited than OTEL_BSP_MAX_QUEUE_SIZE'],
  [/Partial Success/, 'The collector has refused a part of the spans'],
  [
    /could not deserialize response|Failed to parse trace export response/,
    'What takes the traces does not answer as a collector does',
  ],
  [/\bOTEL_|^Configuration|^Header/, 'OpenTelemetry cannot use a part of its configuration'],
  [/./, 'OpenTelemetry has met a problem'],
];

export function reportProblems(log: Log): void {
  const reported = new Set<string>();
  const warn = (fields: { readonly code?: string; readonly variable?: string | undefined }, message: string): void => {
    const key = JSON.stringify([fields, message]);
    if (!reported.has(key)) log.warn(fields, message);
    reported.add(key);
  };
  setGlobalErrorHandler(problem => warn({ code: codeOf(problem) }, 'Traces cannot be sent'));
  /** A part of the library puts its own name first. */
  const translate = (...texts: readonly unknown[]): void => {
    const text = texts.slice(0, 2).join(' ');
    const [, message = ''] = warnings.find(([known]) => known.test(text)) ?? [];
    warn({ variable: /\bOTEL_[A-Z_]+/.exec(text)?.[0] }, message);
  };
  const ignore = (): void => {};
  const logger = { error: translate, warn: translate, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** HTTP's status, the network's error, or one of the two that the library tells by their texts alone. */
function codeOf(problem: unknown): string {
  if (!(problem instanceof Error)) return 'UNKNOWN';
  if ('code' in problem && problem.code !== undefined) return String(problem.code);
  if (problem.message.includes('retryable status')) return 'BUSY';
  return /time(d )?out/i.test(problem.message) ? 'TIMEOUT' : problem.name;
}
