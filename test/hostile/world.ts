/** The emulators' world with values that have very much. */
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';

/** A value with so many records, close to the most that Argus lets anybody read. */
export const swamped = { value: 'swamped.example.org', records: 9_000 };
/** Values about which Datadog holds two megabytes each. */
export const heavy = {
  values: Array.from({ length: 40 }, (_, index) => `heavy-${index}.example.org`),
  bytes: 1_900_000,
};
/** Forty lists each, as the demo has them. */
export const crowded = 'crowded.example.org';
export const evil = 'evil.example.org';

export async function startWorld(): Promise<Emulators> {
  const dataSet = createSeededDataSet();
  const day = 86_400_000;
  for (let index = 0; index < swamped.records; index += 1)
    dataSet.argus.add({
      value: swamped.value,
      list: 'phishing',
      firstSeen: dataSet.now - 40 * day,
      lastSeen: dataSet.now - day,
      updated: dataSet.now - day - index,
    });
  const additional_data = { text: 'x'.repeat(heavy.bytes) };
  for (const value of heavy.values) dataSet.datadog.add(value, { attributes: { score: 50, additional_data } });
  return startEmulators({ dataSet });
}
