/** The state of a source, for `Query.sources` and /readyz: derived from past calls, without calling the upstream. */
import type { SourceName } from '../domain/source-report.ts';
import type { Source } from '../sources/source.ts';
import { codeOfKind } from './error-codes.ts';
import type { ResolversTypes } from './generated.ts';

const instant = (time: number | null | undefined): string | null =>
  time == null ? null : new Date(time).toISOString();

export function sourceHealth(name: SourceName, source: Pick<Source, 'isConfigured' | 'health'>) {
  const health = source.isConfigured ? source.health() : undefined;
  const circuit = health?.circuit ?? 'CLOSED';
  const isFailing = (health?.lastFailureAt ?? 0) > (health?.lastSuccessAt ?? 0);
  const state = !source.isConfigured ? 'UNCONFIGURED' : circuit === 'OPEN' ? 'DOWN' : isFailing ? 'DEGRADED' : 'UP';
  return {
    source: name,
    state,
    circuit,
    lastSuccessAt: instant(health?.lastSuccessAt),
    lastFailureAt: instant(health?.lastFailureAt),
    lastFailureCode: health?.lastFailureKind ? codeOfKind(health.lastFailureKind) : null,
    rateLimitRemaining: health?.rateLimitRemaining ?? null,
    rateLimitResetAt: instant(health?.rateLimitResetAt),
  } satisfies Awaited<ResolversTypes['SourceHealth']>;
}
