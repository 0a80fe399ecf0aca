/** RFC 3339 with microseconds, as in Datadog's answers. */
export function microseconds(ms: number, micros = 0): string {
  return new Date(ms).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}

/** RFC 3339 without a fraction, as in Datadog's answers of April 2026. */
export function wholeSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, '');
}
