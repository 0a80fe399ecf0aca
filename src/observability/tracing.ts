/**
 * OpenTelemetry: the tracer alone, with one exporter. Spans are passed as arguments; nothing is instrumented automatically
 * and nothing is registered for other code to find. This file is loaded only when tracing is on.
 */
import {
  type Attributes,
  DiagLogLevel,
  defaultTextMapGetter,
  diag,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '../config/tracing.ts';
import type { Log } from './log.ts';
import type { Span } from './span.ts';

export interface Tracing {
  /** Begins the span of an operation, below the caller's `traceparent`. Nothing is propagated to upstreams. */
  operation(headers: Readonly<Record<string, string | string[] | undefined>>): Span;
  /** Sends pending spans, for at most 250 ms. */
  close(): Promise<void>;
}

const serviceName = 'indicator-gateway';
const closeTimeoutMs = 250;

/** The SDK reads the other `OTEL_*` variables (address, headers, sampler, batches, resource) itself. */
export async function openTracing({ protocol }: TracingConfig, log: Log): Promise<Tracing> {
  reportProblems(log);
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      // Without the process detector, which would send paths and the command line.
      .merge(detectResources({ detectors: [envDetector, hostDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const startSpan = createSpans(provider.getTracer(serviceName));
  const propagator = new W3CTraceContextPropagator();
  return {
    operation(headers) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      return startSpan('graphql', { kind: SpanKind.SERVER }, parent);
    },
    async close() {
      const timeout = new Promise(resolve => setTimeout(resolve, closeTimeoutMs).unref());
      await Promise.race([provider.shutdown().catch(() => {}), timeout]);
    },
  };
}

/**
 * Says each problem of the library once. Its texts may hold addresses and headers: of a failed export only the code is
 * logged (HTTP's status, the network's error), of a warning the variable that it names.
 */
function reportProblems(log: Log): void {
  const reported = new Set<string>();
  const once = (key: string, report: () => void): void => {
    if (!reported.has(key)) report();
    reported.add(key);
  };
  setGlobalErrorHandler(problem => {
    const code = codeOf(problem);
    once(`code ${code}`, () => log.warn({ code }, 'Traces cannot be sent'));
  });
  const warn = (message: string): void => {
    const variable = /\bOTEL_[A-Z_]+/.exec(message)?.[0];
    once(`variable ${variable}`, () => log.warn({ variable }, 'OpenTelemetry cannot use a part of its configuration'));
  };
  const ignore = (): void => {};
  const logger = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

function codeOf(problem: unknown): string {
  if (!(problem instanceof Error)) return 'UNKNOWN';
  return 'code' in problem ? String(problem.code) : problem.name;
}

type StartSpan = (...args: Parameters<Tracer['startSpan']>) => Span;

function createSpans(tracer: Tracer): StartSpan {
  /** The OpenTelemetry context of each of our spans, for links. */
  const contexts = new WeakMap<Span, SpanContext>();
  const start: StartSpan = (...args) => {
    const inner = tracer.startSpan(...args);
    const { traceId } = inner.spanContext();
    const span: Span = {
      traceId,
      sampledTraceId: inner.isRecording() ? traceId : undefined,
      child(name, attributes, kind) {
        const options = {
          attributes: definedOnly(attributes),
          kind: kind ? SpanKind.CLIENT : SpanKind.INTERNAL,
        };
        return start(name, options, trace.setSpan(ROOT_CONTEXT, inner));
      },
      link(other) {
        const context = contexts.get(other);
        if (context !== undefined) inner.addLink({ context });
      },
      set: attributes => void inner.setAttributes(definedOnly(attributes)),
      end(failure) {
        if (failure !== undefined) inner.setStatus({ code: SpanStatusCode.ERROR, message: failure });
        inner.end();
      },
    };
    contexts.set(span, inner.spanContext());
    return span;
  };
  return start;
}

const definedOnly = (attributes: Parameters<Span['set']>[0]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
