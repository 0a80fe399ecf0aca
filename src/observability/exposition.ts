/** What a scrape gets: Prometheus's text format, or OpenMetrics, which has exemplars, where it is asked for. */
import { Registry } from '@prometheus-io/client';

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * `accept`: the header of the scrape. The library removes `_total` from the name of each counter that it writes as OpenMetrics,
 * so it gets objects that inherit everything else, and keep names of their own.
 */
export async function expose(metrics: Registry, accept = ''): Promise<Exposition> {
  const { OPENMETRICS_CONTENT_TYPE, PROMETHEUS_CONTENT_TYPE } = Registry;
  const contentType = prefersOpenMetrics(accept) ? OPENMETRICS_CONTENT_TYPE : PROMETHEUS_CONTENT_TYPE;
  const written = new Registry(contentType);
  for (const metric of metrics.getMetricsAsArray()) written.registerMetric(Object.create(metric));
  return { contentType, text: await written.metrics() };
}

/** Prometheus names every format that it reads, those that it likes better with more weight. */
function prefersOpenMetrics(accept: string): boolean {
  const weight = weightOf('application/openmetrics-text', accept);
  return weight > 0 && weight >= weightOf('text/plain', accept);
}

/** The largest weight that the header gives to this type by its name; 0: it does not name it. */
function weightOf(type: string, accept: string): number {
  const ranges = accept.split(',').map(range => range.split(';').map(part => part.trim().toLowerCase()));
  const weights = ranges
    .filter(([name]) => name === type)
    .map(parts => Number(parts.find(part => part.startsWith('q='))?.slice(2) ?? 1));
  return Math.max(0, ...weights);
}
