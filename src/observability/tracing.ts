/**
 * OpenTelemetry: the tracer alone, with one exporter. Spans are passed as arguments; nothing is instrumented automatically
 * and nothing is registered for other code to find. This file is loaded only when tracing is on.
 */
import { randomUUID } from 'node:crypto';
import {
  type Attributes,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import manifest from '../../package.json' with { type: 'json' };
import type { TracingConfig } from '../config/tracing.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Span, SpanAttributes } from './span.ts';
import { reportProblems } from './tracing-problems.ts';

export interface Tracing {
  /** Begins the span of a request, below the caller's `traceparent`. Nothing is propagated to upstreams. */
  request(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    name: string,
    attributes: SpanAttributes,
  ): Span;
  /** Sends pending spans, for at most 250 ms. */
  close(): Promise<void>;
}

const serviceName = 'indicator-gateway';
const closeTimeoutMs = 250;

/** The SDK reads the other `OTEL_*` variables (address, headers, sampler, batches, resource) itself. */
export async function openTracing(
  { protocol }: TracingConfig,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): Promise<Tracing> {
  reportProblems(log);
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes(ownResource()))
      // Without the process detector, which would send paths and the command line.
      .merge(detectResources({ detectors: [envDetector, hostDetector] })),
    spanProcessors: [new BatchSpanProcessor(counted(new OTLPTraceExporter(), metrics.tracedSpans))],
  });
  const startSpan = createSpans(provider.getTracer(serviceName, manifest.version));
  const propagator = new W3CTraceContextPropagator();
  return {
    request(headers, name, attributes) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      return startSpan(name, { kind: SpanKind.SERVER, attributes: definedOnly(attributes) }, parent);
    },
    async close() {
      const timeout = new Promise(resolve => setTimeout(resolve, closeTimeoutMs).unref());
      await Promise.race([provider.shutdown().catch(() => {}), timeout]);
    },
  };
}

/** Of several replicas each is an instance; OTEL_RESOURCE_ATTRIBUTES may name it otherwise. */
const ownResource = () => ({
  'service.name': serviceName,
  'service.version': manifest.version,
  'service.instance.id': randomUUID(),
});

/** Counts its spans by whether the collector has taken them. */
function counted(exporter: SpanExporter, count: Metrics['tracedSpans']): SpanExporter {
  return Object.assign(Object.create(exporter), {
    export(spans: ReadableSpan[], onResult: (result: ExportResult) => void) {
      exporter.export(spans, result => {
        count(result.code === ExportResultCode.SUCCESS ? 'sent' : 'failed', spans.length);
        onResult(result);
      });
    },
  });
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
      rename: text => void inner.updateName(text),
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

const definedOnly = (attributes: SpanAttributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
