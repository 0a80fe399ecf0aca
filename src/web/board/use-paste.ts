import { useLayoutEffect } from 'react';

/** A paste outside of any field is looked up, from the moment in which the page is shown. */
export function usePaste(take: (text: string) => void) {
  useLayoutEffect(() => {
    function onPaste(event: ClipboardEvent) {
      const field = event.target instanceof Element ? event.target.closest('input, textarea') : null;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (field || document.querySelector('dialog[open]') || text.trim() === '') return;
      event.preventDefault();
      take(text);
    }
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  });
}
