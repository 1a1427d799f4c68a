/**
 * `npm run images -- --images 200 --seed 1 [--from N]`: damaged images of a profile of Chromium, each opened by the built app. The
 * last line of the output is one JSON object with the figures.
 */
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies } from './lib/project.mjs';

const { values, number } = readOptions({
  images: { type: 'string', default: '14' },
  /** The first one: so a campaign can be made in parts. */
  from: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  kinds: { type: 'string', default: '' },
  target: { type: 'string', default: '10' },
});
const images = number('images', 1);
const from = number('from', 0);
const seed = number('seed', 0);

checkNode();
ensureDependencies();
// Needs the dependencies, so it is loaded only now.
const { KINDS, numbers, ProfileImages } = await import('./lib/profile-images.mjs');
const profiles = await ProfileImages.make(number('target', 1));
/** @type {Record<string, { images: number, unharmed: number, restored: number, faults: number, told: Record<string, number> }>} */
const figures = {};
let faults = 0;
try {
  const kinds = values.kinds === '' ? KINDS : KINDS.filter((kind) => values.kinds.split(',').includes(kind));
  for (let image = from; image < from + images; image++) {
    const kind = kinds[image % kinds.length] ?? 'newer';
    const { told, restored, fault } = await profiles.examine(kind, numbers(seed * 1_000_003 + image));
    const row = (figures[kind] ??= { images: 0, unharmed: 0, restored: 0, faults: 0, told: {} });
    row.images++;
    if (fault !== null) {
      faults++;
      row.faults++;
    } else if (restored) row.restored++;
    else row.unharmed++;
    if (told) row.told[told] = (row.told[told] ?? 0) + 1;
    console.error(`${image + 1}: ${kind}: ${fault ?? (restored ? `${told}; restored` : 'unharmed')}`);
  }
} finally {
  await profiles.close();
}
console.log(JSON.stringify({ images, from, seed, faults, kinds: figures }));
process.exit(faults > 0 ? 1 : 0);
