import { type SubmitEvent, useState } from 'react';
import { type Keys, ownKeyHeaders, setKeys } from './gateway.ts';
import { Modal } from './modal.tsx';

/** Asks for the caller's key, and for the keys of the sources where callers bring their own. Without `onClose` it stays. */
export function KeyDialog({ onClose }: { readonly onClose?: () => void }) {
  const [key, setKey] = useState('');
  const [own, setOwn] = useState<Keys['own']>({});
  const isEmpty = [key, ...Object.values(own)].every(text => text.trim() === '');
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setKeys({ key, own });
    onClose?.();
  }
  return (
    <Modal title={onClose ? 'Keys' : 'This gateway wants a key'} {...(onClose && { onClose })}>
      <form onSubmit={submit}>
        <KeyField name="Key or token" value={key} onValue={setKey} />
        {ownKeyHeaders.map(name => (
          <KeyField
            key={name}
            name={`Your own ${name}`}
            value={own[name] ?? ''}
            onValue={value => setOwn({ ...own, [name]: value })}
          />
        ))}
        <div className="under">
          <span className="muted">Kept in this tab's memory alone.</span>
          <button type="submit" className="primary" disabled={isEmpty}>
            Continue
          </button>
        </div>
      </form>
    </Modal>
  );
}

interface KeyFieldProps {
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

const KeyField = ({ name, value, onValue }: KeyFieldProps) => (
  <label className="key">
    {name}
    <input type="password" autoComplete="off" value={value} onChange={event => onValue(event.target.value)} />
  </label>
);
