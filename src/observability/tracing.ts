/** OpenTelemetry, loaded only where it is switched on. Spans are handed on as arguments: nothing is instrumented. */
import type * as Api from '@opentelemetry/api';
import type { Span } from './span.ts';

export interface Tracing {
  /** One operation begins; a caller's `traceparent` is taken up. Nothing of it ever goes on to an upstream. */
  operation(headers: Readonly<Record<string, string | string[] | undefined>>): Span;
  /** Sends what is still here, for at most a quarter of a second. */
  close(): Promise<void>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** On when an OTLP endpoint is set, unless OTEL_SDK_DISABLED says otherwise. */
export function isTracingOn(environment: Variables): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  const isDisabled = environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
  return !isDisabled && Boolean(all?.trim() || traces?.trim());
}

/**
 * Everything else (protocol, headers, sampler, service name, batches) the SDK reads itself from the process's `OTEL_*`
 * variables. Metrics and logs are not sent: they have their own ways out.
 */
export async function openTracing(environment: Variables): Promise<Tracing | undefined> {
  if (!isTracingOn(environment)) return undefined;
  const [api, { NodeSDK, resources }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-node'),
  ]);
  const sdk = new NodeSDK({
    resource: resources.defaultResource().merge(resources.resourceFromAttributes({ 'service.name': serviceName })),
    // Not the process's own: it would tell paths and the command line.
    resourceDetectors: [resources.envDetector, resources.hostDetector],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const tracer = api.trace.getTracer(serviceName);
  return {
    operation(headers) {
      const parent = api.propagation.extract(api.ROOT_CONTEXT, headers);
      return spanOf(api, tracer, tracer.startSpan('graphql', { kind: api.SpanKind.SERVER }, parent));
    },
    async close() {
      const gone = new Promise(resolve => setTimeout(resolve, farewellMs).unref());
      await Promise.race([sdk.shutdown().catch(() => {}), gone]);
    },
  };
}

const serviceName = 'indicator-gateway';
const farewellMs = 250;

/** The OpenTelemetry span behind each of ours, for links. */
const contexts = new WeakMap<Span, Api.SpanContext>();

function spanOf(api: typeof Api, tracer: Api.Tracer, inner: Api.Span): Span {
  const span: Span = {
    traceId: inner.spanContext().traceId,
    child(name, attributes, kind) {
      const options = { attributes: given(attributes), kind: kind ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL };
      const parent = api.trace.setSpan(api.ROOT_CONTEXT, inner);
      return spanOf(api, tracer, tracer.startSpan(name, options, parent));
    },
    link(other) {
      const context = contexts.get(other);
      if (context !== undefined) inner.addLink({ context });
    },
    set: attributes => void inner.setAttributes(given(attributes)),
    end(failure) {
      if (failure !== undefined) inner.setStatus({ code: api.SpanStatusCode.ERROR, message: failure });
      inner.end();
    },
  };
  contexts.set(span, inner.spanContext());
  return span;
}

const given = (attributes: Parameters<Span['set']>[0]): Api.Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
