import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { readConfig } from '../setup/config.ts';

const collector = 'http://collector:4318';

const tracingOf = (environment: Record<string, string>) => readConfig({ ARGUS_API_KEY: 'key', ...environment }).tracing;

describe('tracing', () => {
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector}/v1/traces` }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_SDK_DISABLED: 'false' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_SDK_DISABLED: 'TRUE' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, false],
  ])('is on or off: with %j %s', (environment, isOn) => {
    expect(tracingOf(environment) !== undefined).toBe(isOn);
  });

  it.each([
    [{}, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'http/json'],
  ])('speaks the protocol of traces, then that of all signals: %j is %s', (environment, protocol) => {
    expect(tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector, ...environment })).toEqual({ protocol });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'an address that begins with http:// or https://'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', '//collector', 'an address that begins with http:// or https://'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'one of http/protobuf, http/json'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/protbuf', 'one of http/protobuf, http/json'],
    ['OTEL_TRACES_EXPORTER', 'zipkin', 'one of otlp, none'],
    ['OTEL_TRACES_SAMPLER', 'ratio', 'one of always_on, always_off, traceidratio, parentbased_always_on'],
    ['OTEL_TRACES_SAMPLER_ARG', '10%', 'a number from 0 to 1'],
    ['OTEL_PROPAGATORS', 'b3', 'tracecontext, or tracecontext,baggage'],
    ['OTEL_PROPAGATORS', 'baggage', 'tracecontext, or tracecontext,baggage'],
  ])('is refused at the start, with what would be right, where no trace would arrive: %s=%s', (name, value, right) => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector, [name]: value };
    expect(() => tracingOf(environment)).toThrow(ConfigError);
    expect(() => tracingOf(environment)).toThrow(`${name} must be ${right}`);
  });
});
