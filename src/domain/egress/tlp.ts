/** The Traffic Light Protocol 2.0 of FIRST, from what anybody may know to what nobody else may. Pure. */
export const tlpMarkings = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;

export type Tlp = (typeof tlpMarkings)[number];

export const tlpExpected = `one of ${tlpMarkings.join(', ')}, with or without "TLP:" in front`;

/** Reads `TLP:AMBER`, `amber` and the `WHITE` of version 1; undefined for anything else. */
export function readTlp(text: string): Tlp | undefined {
  const plain = text
    .trim()
    .toUpperCase()
    .replace(/^TLP:\s*/u, '');
  return plain === 'WHITE' ? 'CLEAR' : tlpMarkings.find(marking => marking === plain);
}
