/** A gateway before a Datadog that behaves as a test says, and one question that shows all that may go wrong. */
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import { type DatadogBehaviours, datadogDefaults } from '../../src/emulators/datadog-behaviours.ts';
import type { TestBed } from '../setup/gateway.ts';

/** What the answer says of an indicator that is accused, whatever the form. */
export const accusation = {
  score: 92.5,
  malicious_sources: [{ name: 'abuse.ch' }],
  categories: ['malware'],
  hosts: ['web-1'],
  first_seen: '2026-06-03T18:55:42.108938Z',
};

export const values = {
  accused: 'www.evil.example.org',
  calm: 'www.calm.example.org',
  unknown: 'nothing.example.org',
  ocsfOnly: 'ocsf.example.org',
  messageOnly: 'message.example.org',
} as const;

export function createReadingsDataSet(): DataSet {
  const dataSet = createDataSet();
  const { datadog } = dataSet;
  datadog.add(values.accused, { attributes: accusation });
  datadog.add(values.calm, { attributes: { score: 4 } });
  datadog.add(values.ocsfOnly, { attributes: accusation, message: null });
  datadog.add(values.messageOnly, { attributes: accusation, ocsf: null });
  return dataSet;
}

export function behave({ emulators }: TestBed, behaviours: Partial<DatadogBehaviours>): void {
  Object.assign(emulators.datadog.behaviours, datadogDefaults, behaviours);
}

const question = `query ($value: String!, $type: IndicatorType) { indicator(value: $value, type: $type, maxAgeSeconds: 0) {
  verdict { level summary missing } datadog { report { status limits } threat { score maliciousSources suspiciousSources
  benignSources categories tags hosts users { category users } signalSeverity { severity count } logMatches signalTier
  firstSeen lastSeen autonomousSystem { number organization type cidrBlock } geo { city } additionalData otherFields } } } }`;

export async function ask(bed: TestBed, value: string, type?: string) {
  const { data, errors } = await bed.ask(question, { value, ...(type !== undefined && { type }) });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  const { verdict, datadog } = data.indicator;
  return { ...verdict, ...datadog.report, threat: datadog.threat };
}
