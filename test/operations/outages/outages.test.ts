/** Each outage is told: to callers, in the log, by metrics and `/readyz`, and by the alerts that are for it, in a real Prometheus. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readChartYaml } from '../../packaging/chart.ts';
import { until } from '../../setup/redis.ts';
import { type Prometheus, startPrometheus } from '../prometheus.ts';
import { type Observer, observe } from './observer.ts';
import { healthy, ofTheProcess } from './of-process.ts';
import { ofRedis } from './of-redis.ts';
import { ofSources } from './of-sources.ts';
import type { Outage } from './outage.ts';
import { holdPort, type Subject, startSubject } from './subject.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const outages: Readonly<Record<string, Outage>> = { ...ofSources, ...ofRedis, ...ofTheProcess, ...healthy };
const neverStarts = 'one replica of two never starts';

const subjects = new Map<string, Subject>();
const observers = new Map<string, Observer>();
let prometheus: Prometheus;
let nobody: Awaited<ReturnType<typeof holdPort>>;

const jobOf = (name: string) => name.replaceAll(/\W+/g, '-');
const hostOf = (url: string) => new URL(url).host;

beforeAll(async () => {
  // One after the other: processes that start at once only wait for each other.
  for (const [name, outage] of Object.entries(outages)) subjects.set(name, await startSubject(outage));
  nobody = await holdPort(0);
  const { port } = nobody.address() as { port: number };
  const well = hostOf(subjectOf('all is well').adminUrl);
  prometheus = await startPrometheus({
    ...Object.fromEntries([...subjects].map(([name, { adminUrl }]) => [jobOf(name), [hostOf(adminUrl)]])),
    [jobOf(neverStarts)]: [well, `127.0.0.1:${port}`],
  });
  for (const [name, subject] of subjects) observers.set(name, observe(subject, outages[name] as Outage));
  // Long enough for a rate, and for Prometheus to have seen each release.
  await new Promise(resolve => setTimeout(resolve, 10_000));
  await Promise.all([...subjects].map(([name, subject]) => outages[name]?.begin(subject)));
  for (const observer of observers.values()) observer.begin();
  beganAt = Date.now();
});
afterAll(async () => {
  for (const observer of observers.values()) observer.stop();
  await prometheus?.stop();
  nobody?.close();
  await Promise.all([...subjects.values()].map(subject => subject.stop()));
});

function subjectOf(name: string): Subject {
  const subject = subjects.get(name);
  if (subject === undefined) throw new Error(`there is no outage ${name}`);
  return subject;
}

/** All outages begin together: what is not seen after so long is not seen. */
const longestMs = 150_000;
let beganAt = 0;
const seen = (claim: () => boolean, name: string): Promise<void> =>
  until(claim, name, Math.max(0, beganAt + longestMs - Date.now())).catch(() => {});

/** A processor that others use as well makes any gateway slow. */
const ofTheMachine = new Set(['Busy', 'Slow', 'Overloaded']);
const firedFor = (name: string): readonly string[] =>
  [...prometheus.fired(jobOf(name))].map(alert => alert.replace('IndicatorGateway', '')).toSorted();

async function expectAlerts(name: string, outage: Outage): Promise<void> {
  const { alerts, perhaps = [] } = outage;
  const areFired = () => alerts.every(alert => firedFor(name).includes(alert));
  await seen(areFired, `${alerts} for ${name}`);
  expect(firedFor(name)).toEqual(expect.arrayContaining([...alerts]));
  const known = new Set([...alerts, ...perhaps, ...ofTheMachine]);
  expect(firedFor(name).filter(alert => !known.has(alert))).toEqual([]);
}

const isGone = (name: string): boolean => name === 'all replicas are gone';

describe('what is seen while', () => {
  it.each(Object.entries(outages).filter(([name]) => !isGone(name)))('%s', async name => {
    const unseen = () => observers.get(name)?.unseen();
    await seen(() => unseen()?.length === 0, name);
    expect(unseen(), observers.get(name)?.lastAnswer()).toEqual([]);
    expect((await fetch(`${subjectOf(name).adminUrl}/readyz`)).status).toBe(200);
  });
});

describe('the alerts that fire while', () => {
  it.each(Object.entries(outages).filter(([, { alerts }]) => alerts.length > 0))('%s', expectAlerts);

  it(neverStarts, () => expectAlerts(neverStarts, { preload: '', begin() {}, alerts: ['ReplicaDown'] }));

  it.each(Object.entries(outages).filter(([, { alerts }]) => alerts.length === 0))('%s: none', expectAlerts);

  it('are all that there are', () => {
    const { groups } = readChartYaml('files/alerts.yaml') as { groups: { rules: { alert: string }[] }[] };
    const shipped = groups.flatMap(({ rules }) => rules).map(({ alert }) => alert.replace('IndicatorGateway', ''));
    const tried = new Set(Object.values(outages).flatMap(({ alerts }) => alerts)).add('ReplicaDown');
    expect([...tried].toSorted()).toEqual(shipped.toSorted());
  });
});
