/**
 * Remembers what has the focus before `inside` takes it. The function gives it back, unless the focus has gone on to
 * something else meanwhile: nobody who types wants it taken away.
 */
export function keepFocus(inside: HTMLElement | null): () => void {
  const opener = document.activeElement;
  return () => {
    const { activeElement } = document;
    // Removed elements lose it to the body.
    const isLost = activeElement === document.body || inside?.contains(activeElement);
    if (isLost && opener instanceof HTMLElement) opener.focus();
  };
}
