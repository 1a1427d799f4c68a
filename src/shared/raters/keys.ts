/** Single keys as commands of a screen on which one rates. */

/** Runs the action of the key that was pressed, unless the key belongs to a field, a menu or a dialog. */
export function runKey(event: KeyboardEvent, actions: Readonly<Record<string, () => unknown>>): void {
  // A key that is held down would rate what nobody has read.
  if (event.repeat || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  const field =
    'input:not([type="checkbox"]):not([type="radio"]), textarea, select, dialog, [contenteditable]';
  if (target instanceof HTMLElement && target.closest(field)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!Object.hasOwn(actions, key)) return;
  event.preventDefault();
  actions[key]?.();
}
