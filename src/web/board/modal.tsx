import { type ReactNode, useEffect, useRef } from 'react';

interface ModalProps {
  readonly title: string;
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: it traps the focus, restores it, and closes on Escape. */
export function Modal({ title, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose} onCancel={event => onClose ?? event.preventDefault()}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
