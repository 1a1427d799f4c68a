/** Keys that never come again, also after the database was deleted. Works on pages without a secure context. */
export function randomKey(): string {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
}
