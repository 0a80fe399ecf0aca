/** OpenTelemetry, loaded only when it is on. Spans are passed as arguments; nothing is instrumented automatically. */
import type * as Api from '@opentelemetry/api';
import type { Environment } from '../config/variables.ts';
import type { Span } from './span.ts';

export interface Tracing {
  /** Begins the span of an operation, below the caller's `traceparent`. Nothing is propagated to upstreams. */
  operation(headers: Readonly<Record<string, string | string[] | undefined>>): Span;
  /** Sends pending spans, for at most 250 ms. */
  close(): Promise<void>;
}

/** On when an OTLP endpoint is set and OTEL_SDK_DISABLED is not true. */
export function isTracingOn(environment: Environment): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  const isDisabled = environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
  return !isDisabled && Boolean(all?.trim() || traces?.trim());
}

/** The SDK reads its other `OTEL_*` variables (protocol, headers, sampler, batches) itself. Sends no metrics and no logs. */
export async function openTracing(environment: Environment): Promise<Tracing | undefined> {
  if (!isTracingOn(environment)) return undefined;
  const [api, { NodeSDK, resources }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-node'),
  ]);
  const sdk = new NodeSDK({
    resource: resources.defaultResource().merge(resources.resourceFromAttributes({ 'service.name': serviceName })),
    // Without the process detector, which would send paths and the command line.
    resourceDetectors: [resources.envDetector, resources.hostDetector],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const startSpan = createSpans(api, api.trace.getTracer(serviceName));
  return {
    operation(headers) {
      const parent = api.propagation.extract(api.ROOT_CONTEXT, headers);
      return startSpan('graphql', { kind: api.SpanKind.SERVER }, parent);
    },
    async close() {
      const timeout = new Promise(resolve => setTimeout(resolve, closeTimeoutMs).unref());
      await Promise.race([sdk.shutdown().catch(() => {}), timeout]);
    },
  };
}

const serviceName = 'indicator-gateway';
const closeTimeoutMs = 250;

type StartSpan = (...args: Parameters<Api.Tracer['startSpan']>) => Span;

function createSpans(api: typeof Api, tracer: Api.Tracer): StartSpan {
  /** The OpenTelemetry context of each of our spans, for links. */
  const contexts = new WeakMap<Span, Api.SpanContext>();
  const start: StartSpan = (...args) => {
    const inner = tracer.startSpan(...args);
    const span: Span = {
      traceId: inner.spanContext().traceId,
      child(name, attributes, kind) {
        const options = {
          attributes: definedOnly(attributes),
          kind: kind ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL,
        };
        return start(name, options, api.trace.setSpan(api.ROOT_CONTEXT, inner));
      },
      link(other) {
        const context = contexts.get(other);
        if (context !== undefined) inner.addLink({ context });
      },
      set: attributes => void inner.setAttributes(definedOnly(attributes)),
      end(failure) {
        if (failure !== undefined) inner.setStatus({ code: api.SpanStatusCode.ERROR, message: failure });
        inner.end();
      },
    };
    contexts.set(span, inner.spanContext());
    return span;
  };
  return start;
}

const definedOnly = (attributes: Parameters<Span['set']>[0]): Api.Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
