/** The pasted texts with what was found in them, what could not be used and why, and what was not read. */
import { useMemo, useState } from 'react';
import { plural } from './format.ts';
import type { Item } from './item.ts';
import { Shape } from './marks.tsx';
import { Modal } from './modal.tsx';
import { outcomeOf, type PastedText, unreadWords } from './text/pasted-text.ts';
import type { FoundPlace } from './text/read-in-parts.ts';
import { shownText } from './text/shown-lines.ts';
import { type Standing, standings, standingWords } from './triage.ts';
import type { PastedTexts } from './use-pasted-texts.ts';

export interface TextDialogProps {
  readonly texts: PastedTexts;
  readonly items: readonly Item[];
  readonly onClose: () => void;
}

export function TextDialog({ texts, items, onClose }: TextDialogProps) {
  const [onlyUnusable, setOnlyUnusable] = useState(false);
  const standingOf = useMemo(() => standingsByValue(items), [items]);
  return (
    <Modal title="What was read in the text" onClose={onClose}>
      {texts.all.map(text => (
        <MarkedText key={text.id} {...{ text, onlyUnusable, standingOf }} />
      ))}
      <div className="under stays">
        <label>
          <input type="checkbox" checked={onlyUnusable} onChange={event => setOnlyUnusable(event.target.checked)} />{' '}
          Only what could not be used
        </label>
        <TryAgain texts={texts} />
        <button type="button" className="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  );
}

/** There is one only while something is unread. */
export function TryAgain({ texts }: { readonly texts: PastedTexts }) {
  const failed = texts.all.filter(({ unread, isReading }) => unread.length > 0 && !isReading);
  if (failed.length === 0) return null;
  return (
    <button type="button" className="quiet" onClick={texts.tryAgain}>
      Read the rest again
    </button>
  );
}

type StandingOf = (value: string) => Standing | undefined;

function standingsByValue(items: readonly Item[]): StandingOf {
  const byValue = new Map<string, Standing>();
  for (const { entry, row, standing } of items) byValue.set(row?.value ?? entry.holds ?? entry.key, standing);
  return value => byValue.get(value);
}

interface MarkedTextProps {
  readonly text: PastedText;
  readonly onlyUnusable: boolean;
  readonly standingOf: StandingOf;
}

function MarkedText({ text, onlyUnusable, standingOf }: MarkedTextProps) {
  const { lines, leftOut } = useMemo(() => shownText(text, { onlyUnusable }), [text, onlyUnusable]);
  const outcome = useMemo(() => outcomeOf(text) + unreadWords(text), [text]);
  const isNothingUnusable = onlyUnusable && lines.length === 0;
  return (
    <>
      <p className="muted">{outcome}.</p>
      {isNothingUnusable && <p>Everything that looks like an indicator could be used.</p>}
      <pre className="text" hidden={isNothingUnusable}>
        {lines.map(line => (
          <span className="text-line" key={line.number}>
            <span className="line-number">{line.number}</span>
            <bdi>
              {line.pieces.map(({ start, text: piece, places }) =>
                places.length === 0 ? piece : <Marked key={start} {...{ piece, places, standingOf }} />,
              )}
            </bdi>
            {line.problems.map(problem => (
              <span className="problem" key={problem}>
                {problem}
              </span>
            ))}
          </span>
        ))}
      </pre>
      {leftOut > 0 && <p className="muted">{plural(leftOut, 'more mark')} not shown.</p>}
    </>
  );
}

interface MarkedProps {
  readonly piece: string;
  readonly places: readonly FoundPlace[];
  readonly standingOf: StandingOf;
}

/** With word, shape and colour of its row's verdict; the worse one where a link wraps another. */
function Marked({ piece, places, standingOf }: MarkedProps) {
  const of = places.map(({ value }) => (value === undefined ? 'UNUSABLE' : standingOf(value)));
  const standing = standings.find(one => of.includes(one));
  const words = standing ? standingWords[standing] : 'Not on the board';
  return (
    <mark data-standing={standing ?? 'PENDING'} title={words}>
      {standing && <Shape of={standing} />}
      {piece}
      <span className="unseen"> ({words})</span>
    </mark>
  );
}
