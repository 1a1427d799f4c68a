/** The standard model: a real language model that comes with the app, beside the page, and is fetched when it is wanted. */

/** Stands for it where a model is named, as in `npm run generate -- --model standard`. */
export const STANDARD = 'standard';

/** What screens say of it before anything is fetched; its manifest and the list of models agree (checked by a test). */
export const STANDARD_MODEL = {
  id: 'gguf-b179c9523d0e6a0f',
  name: 'SmolLM2-135M-Instruct',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
} as const;
