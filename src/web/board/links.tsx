/** Where a person goes on. The gateway made the addresses; nothing of this page goes along, its address neither. */
import type { IndicatorDetails } from './records.tsx';

export function Links({ links }: { readonly links: IndicatorDetails['links'] }) {
  const safe = links.filter(({ url }) => URL.parse(url)?.protocol === 'https:');
  if (safe.length === 0) return null;
  return (
    <ul className="links">
      {safe.map(({ label, url }) => (
        <li key={url}>
          <a href={url} target="_blank" rel="noopener noreferrer">
            {label}
          </a>
        </li>
      ))}
    </ul>
  );
}
