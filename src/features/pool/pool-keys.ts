/** Which key of the Pool screen was pressed; null when a field, a menu or a dialog takes it. */
export type PoolKey = 'down' | 'up' | 'search' | 'edit' | 'close';

const KEYS: Readonly<Record<string, PoolKey>> = {
  j: 'down',
  k: 'up',
  '/': 'search',
  e: 'edit',
  Escape: 'close',
};

export function poolKey(event: KeyboardEvent): PoolKey | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
  const key = KEYS[event.key] ?? null;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return key;
  // A question is answered first: its dialog has its own Escape.
  if (target.closest('dialog.dialog')) return null;
  const field = target.closest(
    'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]',
  );
  return field && key !== 'close' ? null : key;
}
