/** Searches that are refused for their size or for one of their values. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { SearchTerms } from './argus-criteria.ts';
import type { FieldProblem } from './argus-envelope.ts';

/** `problems` empty: a 412 that names no field. */
type ArgusRefusal = { readonly status: number } | { readonly problems: readonly FieldProblem[] };

export function refusalOf(terms: SearchTerms, behaviours: ArgusBehaviours): ArgusRefusal | undefined {
  const { valuesCap, valuesOver, refusedValue, refusedValueAs } = behaviours;
  for (const [field, values] of criteriaOf(terms)) {
    const tooMany = valuesCap > 0 && values.length > valuesCap;
    if (tooMany) return refusal(valuesOver, field, valuesCap, values);
    const index = refusedValue ? values.indexOf(refusedValue) : -1;
    if (index >= 0) return refusal(refusedValueAs, field, index, values);
  }
  return undefined;
}

const criteriaOf = ({
  value,
  domainSearch,
  ipSearch,
}: SearchTerms): readonly (readonly [string, readonly string[]])[] => [
  ['value', value ?? []],
  ['domainSearch.domain', domainSearch?.domain ?? []],
  ['ipSearch.ip', ipSearch?.ip ?? []],
];

function refusal(
  how: ArgusBehaviours['valuesOver'],
  field: string,
  index: number,
  values: readonly string[],
): ArgusRefusal {
  if (how === '413' || how === '400') return { status: Number(how) };
  if (how === 'nothing') return { problems: [] };
  const named =
    how === 'item' ? { field: `${field}[${index}]`, parameter: values[index] } : { field, parameter: values };
  return { problems: [{ message: 'Invalid value', messageTemplate: 'invalid.json.field.value', ...named }] };
}
