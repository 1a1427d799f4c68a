/** Which key of the Review desk was pressed; null when it belongs to a field, a menu or a dialog. */
const KEYS = {
  a: 'accept',
  x: 'reject',
  f: 'flag',
  e: 'edit',
  '1': 'question-1',
  '2': 'question-2',
  '3': 'question-3',
  y: 'yes',
  n: 'no',
  j: 'next',
  k: 'previous',
  g: 'next-open',
  u: 'undo',
  '/': 'search',
} as const;
export type ReviewKey = (typeof KEYS)[keyof typeof KEYS];

export function reviewKey(event: KeyboardEvent): ReviewKey | null {
  const key = deskKey(event);
  return key !== null && Object.hasOwn(KEYS, key) ? KEYS[key as keyof typeof KEYS] : null;
}

/** The key, letters in lower case; null when it is meant for something else than the desk. */
export function deskKey(event: KeyboardEvent): string | null {
  // A key that is held down would rate what nobody has read.
  if (event.repeat || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
  const { target } = event;
  const field =
    'input:not([type="checkbox"]):not([type="radio"]), textarea, select, dialog, [contenteditable]';
  if (target instanceof HTMLElement && target.closest(field)) return null;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}
