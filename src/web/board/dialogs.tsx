import { type SubmitEvent, useState } from 'react';
import { example } from './example.ts';
import { KeyDialog } from './key-dialog.tsx';
import { keyTitles } from './keys.ts';
import { Shape } from './marks.tsx';
import { Modal } from './modal.tsx';
import { TextDialog, type TextDialogProps } from './text-dialog.tsx';
import { standings, standingWords } from './triage.ts';

export function Welcome({ onText }: { readonly onText: (text: string, asList: boolean) => void }) {
  return (
    <section className="welcome" aria-labelledby="welcome">
      <h2 id="welcome">Paste a list, a mail or a whole report</h2>
      <p>Anywhere on this page. Each indicator in it becomes a row, looked up in every source, worst first.</p>
      <TextForm onText={onText} />
      <p className="muted">
        Defanged or not, in any mix. What you look up stays in this tab: not in the address bar, not in storage, gone
        when the tab closes.
      </p>
      <button type="button" className="quiet" onClick={() => onText(example, false)}>
        Show me an example
      </button>
    </section>
  );
}

export type OpenDialog = 'add' | 'help' | 'key' | 'text' | undefined;

interface DialogsProps extends Omit<TextDialogProps, 'onClose'> {
  readonly open: OpenDialog;
  readonly hasShortcuts: boolean;
  readonly onShortcuts: (isOn: boolean) => void;
  readonly onText: (text: string, asList: boolean) => void;
  readonly onClose: () => void;
}

export function Dialogs({ open, hasShortcuts, onShortcuts, onText, onClose, ...texts }: DialogsProps) {
  function addText(text: string, asList: boolean) {
    onClose();
    onText(text, asList);
  }
  if (open === 'key') return <KeyDialog />;
  if (open === 'help') return <HelpDialog {...{ hasShortcuts, onShortcuts, onClose }} keys={keyTitles} />;
  if (open === 'text') return <TextDialog {...texts} onClose={onClose} />;
  if (open === undefined) return null;
  return (
    <Modal title="Add indicators" onClose={onClose}>
      <TextForm onText={addText} />
    </Modal>
  );
}

function TextForm({ onText }: { readonly onText: (text: string, asList: boolean) => void }) {
  const [text, setText] = useState('');
  const [asList, setAsList] = useState(false);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (text.trim() !== '') onText(text, asList);
  }
  return (
    <form onSubmit={submit}>
      <textarea
        aria-label="A list or a text with indicators"
        rows={7}
        autoComplete="off"
        spellCheck={false}
        placeholder={'evil[.]example[.]org\n198.51.100.7\nhxxps://login[.]example[.]net/verify'}
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event =>
          event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.currentTarget.form?.requestSubmit()
        }
      />
      <div className="under">
        <label>
          <input type="checkbox" checked={asList} onChange={event => setAsList(event.target.checked)} /> Each line is
          one indicator, spaces and all
        </label>
        <button type="submit" className="primary" disabled={text.trim() === ''}>
          Look up
        </button>
      </div>
    </form>
  );
}

interface HelpProps extends Pick<DialogsProps, 'hasShortcuts' | 'onShortcuts' | 'onClose'> {
  /** What each key does. */
  readonly keys: Readonly<Record<string, string>>;
}

export function HelpDialog({ keys, hasShortcuts, onShortcuts, onClose }: HelpProps) {
  return (
    <Modal title="Help" onClose={onClose}>
      <div className="help">
        <dl>
          {Object.entries(keys).map(([key, title]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{title}</dd>
            </div>
          ))}
        </dl>
        <ul>
          {standings
            .filter(standing => standing !== 'PENDING')
            .map(standing => (
              <li key={standing}>
                <Shape of={standing} />
                <span>
                  <b>{standingWords[standing]}</b> {standingMeanings[standing]}
                </span>
              </li>
            ))}
          <li>
            <span>
              <b>Disputed</b> sources disagree: read both sides before acting.
            </span>
          </li>
        </ul>
      </div>
      <div className="under">
        <label>
          <input type="checkbox" checked={hasShortcuts} onChange={event => onShortcuts(event.target.checked)} /> Single
          keys are on
        </label>
        <button type="button" className="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  );
}

const standingMeanings = {
  MALICIOUS: 'a source says so, above the threshold.',
  SUSPICIOUS: 'something speaks against it.',
  INCONCLUSIVE: 'a source was not heard in full, or none is known to hold such a thing: it may be anything.',
  UNANSWERED: 'the gateway itself did not answer; the request is repeated.',
  UNUSABLE: 'the text is no indicator, and does not hold exactly one.',
  INFORMATIONAL: 'known, and nobody accuses it, or only weakly.',
  BENIGN: 'a source vouches for it.',
  NO_MATCH: 'every source that is connected here answered in full, and none knows it. That is not the same as clean.',
} as const;
