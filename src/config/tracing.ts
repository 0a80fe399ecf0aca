/** OpenTelemetry's own variables, as far as it depends on them whether any trace arrives. Its libraries read the others. */
import { z } from 'zod';
import { type Environment, isSet, matching, number, oneOf, type Problems, readVariables, url } from './variables.ts';

const protocols = ['http/protobuf', 'http/json'] as const;
type TracingProtocol = (typeof protocols)[number];

export interface TracingConfig {
  readonly protocol: TracingProtocol;
}

const samplers = ['always_on', 'always_off', 'traceidratio'] as const;

const common = {
  OTEL_TRACES_EXPORTER: oneOf(['otlp', 'none']).default('otlp'),
  OTEL_TRACES_SAMPLER: oneOf([
    ...samplers,
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ]).optional(),
  OTEL_TRACES_SAMPLER_ARG: number(1, 0, 1),
  // Without tracecontext a caller's `traceparent` would be ignored; baggage is passed on to nobody.
  OTEL_PROPAGATORS: matching(/^tracecontext(\s*,\s*baggage)?$/, 'tracecontext, or tracecontext,baggage').optional(),
};

/** On when an OTLP endpoint is set, unless OTEL_SDK_DISABLED is true or OTEL_TRACES_EXPORTER none. */
function isTracingOn(environment: Environment): boolean {
  const isDisabled = environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
  const isNone = environment.OTEL_TRACES_EXPORTER?.trim() === 'none';
  return !isDisabled && !isNone && isSet(environment, inForce(environment, 'ENDPOINT'));
}

/** Settings are undefined while tracing is off; what is set then has no effect, and is no problem. */
export function readTracing(environment: Environment): {
  readonly settings?: TracingConfig | undefined;
  readonly problems?: Problems | undefined;
} {
  if (!isTracingOn(environment)) return {};
  const protocol = inForce(environment, 'PROTOCOL');
  const { problems } = readVariables(
    z.object({
      ...common,
      [inForce(environment, 'ENDPOINT')]: url('http:', 'https:'),
      [protocol]: oneOf(protocols).optional(),
    }),
    environment,
  );
  if (problems !== undefined) return { problems };
  return { settings: { protocol: (environment[protocol]?.trim() || 'http/protobuf') as TracingProtocol } };
}

/** The variable for traces alone wins over the one for all signals. */
function inForce(environment: Environment, name: 'ENDPOINT' | 'PROTOCOL'): string {
  const own = `OTEL_EXPORTER_OTLP_TRACES_${name}`;
  return isSet(environment, own) ? own : `OTEL_EXPORTER_OTLP_${name}`;
}
