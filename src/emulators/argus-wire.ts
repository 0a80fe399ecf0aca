/** Records as Argus sends them. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { Descriptor, EmulatedRecord } from './argus-records.ts';
import {
  confidenceForms,
  flagsForms,
  idForms,
  listForms,
  propertiesForms,
  stateForms,
  typeForms,
  wireTime,
} from './argus-row-forms.ts';
import { namedType } from './argus-type-names.ts';
import { wireValue } from './argus-value-forms.ts';
import { isObject } from './json.ts';
import type { BodyRow } from './protocol.ts';

export function wireRecord(
  record: EmulatedRecord,
  descriptors: readonly Descriptor[],
  behaviours: ArgusBehaviours,
  isHidden = false,
): BodyRow {
  const { list } = record;
  const confidence = (of: number | null): unknown => confidenceForms[behaviours.confidenceForm](of);
  const time = (ms: number): unknown => wireTime(ms, behaviours);
  return {
    id: idForms[behaviours.idForm](record.id),
    indicatorList: isHidden
      ? null
      : listForms[behaviours.listForm]({ ...list, confidence: confidence(list.confidence) }),
    type: typeForms[behaviours.typeForm](namedType(record, behaviours)),
    // Only the row without a value is stored as empty text.
    value: wireValue(record, behaviours.valueForm) || null,
    firstSeenTimestamp: time(record.firstSeenTimestamp),
    lastSeenTimestamp: time(record.lastSeenTimestamp),
    ...(behaviours.recordConfidence === 'sent' && { confidence: confidence(record.confidence ?? list.confidence) }),
    state: stateForms[behaviours.stateForm](record.state),
    createdTimestamp: time(record.createdTimestamp),
    lastUpdatedTimestamp: time(record.lastUpdatedTimestamp),
    deletedTimestamp: time(behaviours.deletedMark === 'flag' ? 0 : record.deletedTimestamp),
    flags: flagsForms[behaviours.flagsForm](behaviours.deletedMark === 'timestamp' ? [] : record.flags),
    properties: propertiesForms[behaviours.propertiesForm](
      descriptors.flatMap(descriptor => wireProperty(record.properties[descriptor.shortName], descriptor)),
    ),
  };
}

/** Either `value` or `values`, by the descriptor's `multiValue`; no entry for a record without the property. */
function wireProperty(stored: string | readonly string[] | undefined, descriptor: Descriptor) {
  if (stored === undefined) return [];
  const all = typeof stored === 'string' ? [stored] : stored;
  const { id, name, shortName, dataType, multiValue } = descriptor;
  const content = multiValue ? { value: null, values: all } : { value: all[0] ?? null, values: null };
  return [{ descriptor: { id, name, shortName }, dataType, multiValue, ...content }];
}

export function withRows(body: unknown, rows: readonly BodyRow[], count: 'kept' | 'honest'): unknown {
  if (!isObject(body)) return body;
  if (!Array.isArray(body.data)) return { ...body, data: rows[0] ?? null };
  const honest = count === 'honest' ? { count: rows.length } : {};
  return { ...body, ...honest, data: rows, size: rows.length };
}
