/** A thread of the trainer beside its own: shares of batches on the same memory. */
import { openPass, runShare, type ShareJob, type ThreadStart } from './share-job';
import type { SharePass } from './share-pass';

let pass: SharePass | null = null;

addEventListener('message', ({ data }: MessageEvent<ThreadStart | ShareJob>) => {
  if (!('kind' in data)) {
    pass = openPass(data);
    return;
  }
  if (!pass) throw new Error('no thread was started');
  const work = runShare(pass, data);
  let step = work.next();
  while (!step.done) step = work.next();
  postMessage(step.value);
});
