/** Datadog's part in an operation: the lookups, and beside them the list and the triage of the IoC Explorer. */
import { GraphQLError } from 'graphql';
import type { SourcePermissions } from '../../../auth/scopes.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { ChangedValues } from '../../changed-values.ts';
import type { SourceDependencies } from '../../dependencies.ts';
import { factOf, type LookupSource } from '../../lookup-source.ts';
import { once } from '../../once.ts';
import type { Source } from '../../source.ts';
import { withheldIndicator } from '../../withheld.ts';
import { label } from '../client.ts';
import type { DatadogSettings } from '../config.ts';
import { incompleteError, type LookupOfThreats } from '../facts.ts';
import { type Link, linksTo } from './links.ts';
import { type LoadList, openList } from './list.ts';
import { rowIdContent, rowOf, subjectOf, type ThreatRow } from './rows.ts';
import { openTriage, type SetTriageState } from './triage.ts';

export interface DatadogPart extends LookupOfThreats {
  readonly list: LoadList;
  /** Throws FORBIDDEN where the gateway does not allow it, or not to this caller. */
  readonly setTriageState: SetTriageState;
  links(indicator: Indicator): readonly Link[];
}

/** The calls of the Explorer are protected together with the lookups: they go to the same upstream. */
export function openExplorer(
  lookups: LookupSource<LookupOfThreats>,
  settings: DatadogSettings,
  dependencies: SourceDependencies,
  changed: ChangedValues,
): Source<DatadogPart> {
  const { upstream, credentialFor } = lookups;
  return {
    ...lookups,
    mayWrite: permissions => writeProblem(settings, permissions) === undefined,
    open(operation, permissions) {
      const part = lookups.open(operation, permissions);
      const credential = credentialFor(operation.keys, permissions);
      // A link carries the value to Datadog.
      const mayLink = (indicator: Indicator): boolean =>
        lookups.isConfigured && permissions.see && withheldIndicator(label, indicator, operation) === undefined;
      const list = once(() =>
        openList({ upstream, credential, permissions, operation, dependencies, lookups: part, changed }),
      );
      return {
        ...part,
        list: given => list()(given),
        async setTriageState(values, state, onWrite) {
          const problem = writeProblem(settings, permissions);
          if (problem !== undefined) throw problem;
          const set = openTriage({ upstream, credential, operation, changed: changed.note });
          return set(values, state, onWrite);
        },
        links: indicator => (mayLink(indicator) ? linksTo(indicator, settings.site) : []),
        node: globalId => nodeOf(globalId, part),
      };
    },
  };
}

function writeProblem(
  { triageWrites, scopes }: DatadogSettings,
  { see, triage }: SourcePermissions,
): GraphQLError | undefined {
  if (triageWrites === 'off')
    return forbidden('This gateway records no reviews: its operator has to set TRIAGE_WRITES.', {
      variable: 'TRIAGE_WRITES',
    });
  if (see && triage) return undefined;
  return forbidden(`This caller may not record reviews: it lacks the scope "${see ? scopes.triage : scopes.see}".`);
}

const forbidden = (message: string, extensions: Readonly<Record<string, string>> = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'FORBIDDEN', source: 'DATADOG', ...extensions } });

/** One lookup, of which a row is a part. */
function nodeOf(globalId: string, part: LookupOfThreats): Promise<ThreatRow | null> | undefined {
  const content = rowIdContent(globalId);
  if (content === undefined) return undefined;
  const { value, ocsf } = content;
  const subject = subjectOf(value);
  if (subject === undefined) return Promise.resolve(null);
  return part.fetch(subject, { variant: ocsf, need: { of: 'ROW', history: [] } }).then(outcome => {
    const { threat = null, isIncomplete, covering } = factOf(outcome) ?? {};
    if (isIncomplete) throw incompleteError('a part of the evidence could not be read');
    if (covering !== undefined) throw incompleteError('only about what is around the indicator');
    return threat && rowOf(value, threat, ocsf);
  });
}
