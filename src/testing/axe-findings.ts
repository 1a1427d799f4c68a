import axe from 'axe-core';

/** What axe finds in a component that is shown alone: no page is around it that would have landmarks. */
export async function axeFindings(): Promise<readonly string[]> {
  // What fades in has too little contrast for a moment; what turns while something is awaited never ends.
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
  const { violations } = await axe.run(document.body, {
    rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } },
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
