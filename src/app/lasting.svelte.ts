/** State that outlives the screen which made it. */

/** Makes it outside the screen's own effects: what is derived there would stop with the screen. */
export function lasting<T>(make: () => T): T {
  let made!: T;
  $effect.root(() => {
    made = make();
  });
  return made;
}
