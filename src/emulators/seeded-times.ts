/** RFC 3339 with microseconds, as in Datadog's answers. */
export function microseconds(ms: number, micros = 0): string {
  return new Date(ms).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
