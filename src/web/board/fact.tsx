import type { ReactNode } from 'react';

/** A titled part of the details. */
export const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <div className="part">
    <h3>{title}</h3>
    {children}
  </div>
);

/** Text from an upstream stays text: never markup or a link, and never able to reverse the line around it. */
export function Fact({
  name,
  values,
}: {
  readonly name: string;
  readonly values: readonly (string | null | false | undefined)[];
}) {
  const shown = values.filter(value => value != null && value !== false && value !== '');
  if (shown.length === 0) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi>{shown.join(', ')}</bdi>
      </dd>
    </>
  );
}
