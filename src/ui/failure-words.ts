/** Every failure in plain words: what happened, what was kept, and what to do next. */
import type { Failure, GoneRecord } from '../core/errors';
import { serverWords } from './server-words';

export interface FailureWords {
  readonly what: string;
  readonly kept: string;
  readonly next: string;
}
const STORED = 'Every finished request is stored.';

export function failureWords(failure: Failure): FailureWords {
  switch (failure.kind) {
    case 'engine-load-failed':
      return {
        what: `The model could not be loaded: ${failure.detail}`,
        kept: STORED,
        next: 'Reload the page and try again, or choose another model on the Models screen.',
      };
    case 'engine-failed':
      return {
        what: `The model failed three times in a row: ${failure.detail}`,
        kept: STORED,
        next: 'Resume to repeat the same request. If it fails again, close other tabs first.',
      };
    case 'engine-timeout':
      return {
        what: `The model wrote nothing for ${failure.seconds} seconds.`,
        kept: STORED,
        next: 'Resume: the model is loaded again and repeats the same request.',
      };
    case 'nothing-usable':
      return {
        what: `${failure.requests} requests in a row produced no instruction that passes the filters.`,
        kept: STORED,
        next: 'Check the reject reasons below, then start a run with other seeds or a higher temperature.',
      };
    case 'prompt-too-long':
      return {
        what: `A prompt is too long for the model: ${failure.detail}`,
        kept: STORED,
        next: 'Use shorter seed tasks or fewer exemplars.',
      };
    case 'load-crashes':
      return {
        what: `Loading ${failure.model} crashed this page twice: this device probably has too little memory for it.`,
        kept: STORED,
        next: 'Choose a smaller model. Or try again anyway.',
      };
    case 'self-test-failed':
      return {
        what: `The model computes wrong results on this device (“${failure.got}” instead of “${failure.expected}”).`,
        kept: 'Nothing was generated with it.',
        next: 'Reload the page. If it happens again, try another browser.',
      };
    case 'model-file-missing':
      return missingFileWords(failure);
    case 'model-not-here':
      return {
        what: `The model “${failure.model}” is not on this device.`,
        kept: STORED,
        next: 'Add it again on the Models screen (by download, file or server) and resume, or start a new run with another model.',
      };
    case 'base-not-here':
      return {
        what: `The model “${failure.model}” is an adapter for the model “${failure.base}”, which is not on this device.`,
        kept: `${STORED} What was learned is in the adapter, and it is still here.`,
        next: `Add “${failure.base}” again on the Models screen: any copy of the same file will do. Then try again.`,
      };
    case 'model-changed':
      return {
        what: `The model “${failure.model}” on this device is not the one this run started with: its weights differ.`,
        kept: `${STORED} A run never changes its model, so that one model wrote the whole data set.`,
        next: 'Add the original model on the Models screen and resume, or start a new run.',
      };
    case 'model-damaged':
      return {
        what: `The stored files of the model “${failure.model}” are damaged (${failure.files.join(', ')}): they are no longer what was stored.`,
        kept: `${STORED} Nothing was generated with the damaged files.`,
        next: 'Delete the model on the Models screen and add it again; then resume.',
      };
    case 'webassembly-missing':
      return {
        what: 'This browser has no WebAssembly, so it cannot run a model.',
        kept: 'You can still view and export your stored runs.',
        next: 'Turn WebAssembly on, or use a current version of Chrome, Firefox, Edge or Safari.',
      };
    case 'storage-full':
      return {
        what: `The browser has no space left for this page (${failure.detail}).`,
        kept: `${STORED} The last request will be repeated.`,
        next: 'Free some disk space or delete an old run, then resume. You can save what is in memory to a file first.',
      };
    case 'storage-unavailable':
      return {
        what: `The browser's storage does not respond (${failure.detail}).`,
        kept: 'What was stored before is unchanged.',
        next: 'Save what is in memory to a file, then reload the page and resume.',
      };
    case 'storage-too-new':
      return {
        what: 'The data on this device was written by a newer version of this app.',
        kept: 'It is unchanged.',
        next: 'Reload the page to get the newer version.',
      };
    case 'storage-foreign':
      return {
        what: 'Something else has stored a database under the name of this app on this address.',
        kept: 'It is unchanged.',
        next: 'Reload the page: it offers to begin in a database of its own.',
      };
    case 'storage-denied':
      return {
        what: 'This browser does not let the page store anything.',
        kept: 'Nothing was stored.',
        next: 'Allow cookies and site data for this address, then reload the page.',
      };
    case 'storage-lost':
      return {
        what: LOST[failure.cause],
        kept: 'Nothing was written since. Snapshots beside the database are unchanged.',
        next: 'Save what is in memory to a file, then reload the page: it offers to restore the newest snapshot.',
      };
    case 'run-open-elsewhere':
      return openElsewhere('run');
    case 'run-taken-over':
      return {
        what: 'Another tab took over this run, so this tab stopped.',
        kept: `${STORED} Requests that were in flight here are repeated there.`,
        next: 'Continue in the other tab, or watch the run here.',
      };
    case 'run-gone':
      return goneWords(failure.during);
    case 'training-open-elsewhere':
      return openElsewhere('finetuning');
    case 'evaluation-open-elsewhere':
      return openElsewhere('evaluation');
    case 'plan-open-elsewhere':
      return openElsewhere('plan');
    case 'record-gone':
      return {
        what: `${GONE[failure.record]} was deleted in another tab, or the browser cleared the data of this app.`,
        kept: 'Nothing was written in its place.',
        next: 'Choose another one, or start a new one.',
      };
    case 'training-data-changed':
      return {
        what: `This finetuning cannot continue as it started: ${failure.detail}`,
        kept: 'Its loss curves and its last checkpoint are stored.',
        next: 'Copy its settings into a new finetuning and start again with the current data and model.',
      };
    case 'no-examples':
      return {
        what: `There is nothing to train on: ${failure.data} has no task with an instance.`,
        kept: 'Nothing was changed.',
        next: 'Choose another data set, or generate more tasks first.',
      };
    case 'device-lost':
      return {
        what: `The GPU is not available (${failure.detail}).`,
        kept: STORED,
        next: 'Close other programs that use the GPU. Then resume: the model is loaded again.',
      };
    case 'out-of-memory':
      return {
        what: `There is not enough memory (${failure.detail}).`,
        kept: STORED,
        next: 'Close other tabs and programs, or choose a smaller model or smaller batches.',
      };
    case 'training-failed':
      return {
        what: `Training stopped at step ${failure.step}: ${failure.detail}`,
        kept: 'The last good checkpoint is stored.',
        next: 'Start again with a lower learning rate, or resume from the checkpoint.',
      };
    case 'server-failed':
      return { ...serverWords(failure), kept: STORED };
    case 'recording-too-large':
      return {
        what: 'This run is too large for a recording.',
        kept: 'The run stays as it is.',
        next: 'Save a backup instead.',
      };
    case 'hand-in-too-large':
      return {
        what: 'This run is too large for a hand-in.',
        kept: 'The run stays as it is.',
        next: 'Hand in a smaller run, or a backup.',
      };
    case 'not-recorded':
      return {
        what: 'The recording does not hold the answer to this request.',
        kept: 'Your own data are as they were.',
        next: 'Choose “Now you” to continue with a model on this device.',
      };
    case 'bad-file':
      return { what: failure.detail, kept: 'Nothing was changed.', next: 'Choose another file.' };
    case 'folder-not-written':
      return {
        what: failure.detail,
        kept: 'What lay there stays.',
        next: 'Choose the folder again, or another.',
      };
    case 'worker-crashed':
      return {
        what: `A background worker (${failure.worker}) crashed: ${failure.detail}`,
        kept: STORED,
        next: 'Resume or try again: the worker is restarted.',
      };
    case 'worker-silent':
      return {
        what: `A background worker (${failure.worker}) did not respond for ${failure.seconds} seconds and was ended.`,
        kept: STORED,
        next: 'Resume or try again: the worker is restarted. If it happens again, close other tabs and programs first.',
      };
    case 'unexpected':
      return {
        what: `This is a bug in the app, not a problem with your data or device (${failure.name}: ${failure.message}).`,
        kept: STORED,
        next: 'Reload the page and try again. If it happens again, copy the details and report it.',
      };
  }
}

const GONE: Readonly<Record<GoneRecord, string>> = {
  finetuning: 'This finetuning',
  evaluation: 'This evaluation',
  'evaluated-model': 'This model of the evaluation',
  'seed-set': 'This seed set',
  model: 'This model',
  plan: 'This plan',
};
const LOST = {
  cleared: 'The data that this page had stored are gone: the browser has cleared them.',
  damaged: 'The browser found the stored data damaged and removed them.',
  older: 'The stored data went back to an older state.',
  unreadable: 'Some of the stored data are damaged.',
} as const;
const RUN_GONE =
  "is no longer in the browser's storage: its data was deleted, in the browser's settings or by another tab.";
function goneWords(during: (Failure & { readonly kind: 'run-gone' })['during']): FailureWords {
  switch (during) {
    case 'run':
      return {
        what: `This run ${RUN_GONE}`,
        kept: 'The run stopped, and this tab still has the tasks that it knows.',
        next: 'Save what is in memory: the file is a backup, which you can restore on the Export screen.',
      };
    case 'import':
      return {
        what: `What was imported ${RUN_GONE}`,
        kept: 'Nothing of the import is stored.',
        next: 'Import the file again.',
      };
    case 'change':
      return {
        what: `This run ${RUN_GONE}`,
        kept: 'Your change was not stored.',
        next: 'If you have a backup of the run, restore it on the Export screen.',
      };
  }
}

const openElsewhere = (what: string): FailureWords => ({
  what: `This ${what} is open in another tab.`,
  kept: 'Only one tab can change it, so nothing gets mixed up.',
  next: 'Continue in the other tab, or pause it there and resume here.',
});

function missingFileWords({
  url,
  status,
  from,
}: Extract<Failure, { readonly kind: 'model-file-missing' }>): FailureWords {
  const statusWords = status === null ? '' : `, status ${status}`;
  switch (from) {
    case 'network':
      return {
        what: `A file could not be downloaded (${url}${statusWords}).`,
        kept: 'What is stored on this device is unchanged.',
        next: afterStatus(status),
      };
    case 'store':
      return {
        what: `A file of a stored model is missing or incomplete (${url}).`,
        kept: STORED,
        next: 'Delete the model on the Models screen and add it again.',
      };
    default:
      return {
        what: `A file of the app could not be loaded (${url}${statusWords}).`,
        kept: STORED,
        next: 'Check your connection to the server of this page and try again.',
      };
  }
}

function afterStatus(status: number | null): string {
  switch (status) {
    case 401:
    case 403:
      return 'The server requires a login. Download the file with another program and add it here.';
    case 404:
    case 410:
      return 'The file no longer exists, or the address is wrong. Choose another model or address.';
    default:
      return 'Check the network and continue: what was downloaded so far is kept.';
  }
}
