import { expect, test } from '@playwright/test';
import { numbers, ProfileImages } from '../scripts/lib/profile-images.mjs';

// Its browsers are killed: a trace of them cannot be ended.
test.use({ trace: 'off' });

test('a damaged or replaced database opens to a page that works, and all its rows come back', async () => {
  test.setTimeout(900_000);
  const profiles = await ProfileImages.make(1);
  try {
    // `npm run images` has all kinds, and as many as are asked for.
    for (const kind of ['cut-log', 'flip-log', 'flip-ldb', 'remove-manifest'] as const) {
      expect((await profiles.examine(kind, numbers(1))).fault, kind).toBeNull();
    }
  } finally {
    await profiles.close();
  }
});
