/** The address of a screen, behind "#/", so that back, reload and links work on any host: `#/pool?task=r0001-s00003`. */
const SCREENS = [
  'start',
  'lessons',
  'loop',
  'seeds',
  'generate',
  'pool',
  'decisions',
  'review',
  'analyse',
  'compare',
  'finetune',
  'evaluate',
  'export',
  'class',
  'models',
] as const;
export type Screen = (typeof SCREENS)[number];
export type Params = Readonly<Partial<Record<string, string>>>;

/** What a hash names; Start where it names no screen. */
export function readAddress(hash: string): { readonly screen: Screen; readonly params: Params } {
  const [name, query] = hash.replace(/^#\/?/u, '').split('?');
  const params = Object.fromEntries(new URLSearchParams(query));
  return { screen: SCREENS.find((screen) => screen === name) ?? 'start', params };
}

export function addressOf(screen: Screen, params: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(params).toString();
  return query === '' ? `#/${screen}` : `#/${screen}?${query}`;
}
