/** Every failure in plain words: what happened, what was kept, what to do next. */
import type { Failure } from '../core/errors';
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
        what: `The model could not be started: ${failure.detail}`,
        kept: STORED,
        next: 'Reload the page and try again, or choose another model on the Models screen.',
      };
    case 'engine-failed':
      return {
        what: `The model failed three times in a row: ${failure.detail}`,
        kept: STORED,
        next: 'Resume: it goes on at the same request. If it fails again, close other tabs first.',
      };
    case 'engine-timeout':
      return {
        what: `The model wrote nothing for ${failure.seconds} seconds.`,
        kept: STORED,
        next: 'Resume: the model is started anew and goes on at the same request.',
      };
    case 'nothing-usable':
      return {
        what: `${failure.requests} requests in a row gave no instruction that passes the rules.`,
        kept: STORED,
        next: 'Look at the reasons below; start a run with other seeds or a higher temperature.',
      };
    case 'prompt-too-long':
      return {
        what: `A prompt does not fit into the model: ${failure.detail}`,
        kept: STORED,
        next: 'Use shorter seed tasks or fewer exemplars.',
      };
    case 'load-crashes':
      return {
        what: `${failure.model} took this page down twice while it was loaded: this device has too little memory for it.`,
        kept: STORED,
        next: 'Choose a smaller model. To risk it once more, begin again: you are asked only once.',
      };
    case 'self-test-failed':
      return {
        what: `The model gives a wrong answer on this device (“${failure.got}” instead of “${failure.expected}”).`,
        kept: 'Nothing was generated with it.',
        next: 'Reload the page; if it stays so, try another browser.',
      };
    case 'model-file-missing':
      return missingFileWords(failure);
    case 'model-not-here':
      return {
        what: `The model “${failure.model}” is not on this device.`,
        kept: STORED,
        next: 'Add it again on the Models screen (download, file or server), then resume. Or start a new run with another model.',
      };
    case 'model-changed':
      return {
        what: `The model “${failure.model}” here is not the one this run began with: its weights differ.`,
        kept: `${STORED} No other model goes on with it, so that the data set has one author.`,
        next: 'Bring the original model back on the Models screen and resume, or start a new run.',
      };
    case 'webassembly-missing':
      return {
        what: 'This browser has no WebAssembly, so no model can run in it.',
        kept: 'Your stored runs can still be seen and exported.',
        next: 'Switch WebAssembly on, or use a current Chrome, Firefox, Edge or Safari.',
      };
    case 'storage-full':
      return {
        what: `The browser has no space left for this page (${failure.detail}).`,
        kept: `${STORED} The last request is asked again.`,
        next: 'Free some disk space or delete an old run, then resume. You can save what is in memory first.',
      };
    case 'storage-unavailable':
      return {
        what: `The browser's storage does not answer (${failure.detail}).`,
        kept: 'What was stored before is not touched.',
        next: 'Save what is in memory, then reload the page and resume.',
      };
    case 'storage-too-new':
      return {
        what: 'The data on this device were written by a newer version of this app.',
        kept: 'They are not touched.',
        next: 'Reload the page to get the newer version.',
      };
    case 'run-open-elsewhere':
      return {
        what: 'This run is open in another tab.',
        kept: 'Only one tab may write a run, so nothing is mixed up.',
        next: 'Go on in the other tab, or pause it there and resume here.',
      };
    case 'training-open-elsewhere':
      return {
        what: 'This finetuning is open in another tab.',
        kept: 'Only one tab may write it, so nothing is mixed up.',
        next: 'Go on in the other tab, or pause it there and resume here.',
      };
    case 'evaluation-open-elsewhere':
      return {
        what: 'This evaluation is open in another tab.',
        kept: 'Only one tab may ask its models, so nothing is mixed up.',
        next: 'Go on in the other tab, or pause it there and resume here.',
      };
    case 'training-data-changed':
      return {
        what: `This finetuning cannot go on as it began: ${failure.detail}`,
        kept: 'Its curves and its last checkpoint are stored.',
        next: 'Copy its settings into a new plan and begin again with what is here now.',
      };
    case 'no-examples':
      return {
        what: `There is nothing to learn from: ${failure.data} has no task with an instance.`,
        kept: 'Nothing was changed.',
        next: 'Choose other data, or generate more tasks first.',
      };
    case 'device-lost':
      return {
        what: `The graphics processor was lost (${failure.detail}).`,
        kept: STORED,
        next: 'Resume: the model is loaded anew. If it happens again, close other programs that draw much.',
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
        next: 'Use a lower learning rate and begin again, or resume from the checkpoint.',
      };
    case 'server-failed':
      return { ...serverWords(failure), kept: STORED };
    case 'bad-file':
      return { what: failure.detail, kept: 'Nothing was changed.', next: 'Choose another file.' };
    case 'worker-crashed':
      return {
        what: `A background worker (${failure.worker}) ended: ${failure.detail}`,
        kept: STORED,
        next: 'Resume or try again: it is started anew.',
      };
    case 'unexpected':
      return {
        what: `This is a fault in the program, not in your data or your device (${failure.name}: ${failure.message}).`,
        kept: STORED,
        next: 'Reload the page and try again. If it happens again, copy the details and report them.',
      };
  }
}

function missingFileWords({
  url,
  status,
  from,
}: Extract<Failure, { readonly kind: 'model-file-missing' }>): FailureWords {
  const said = status === null ? '' : `, status ${status}`;
  switch (from) {
    case 'network':
      return {
        what: `A file could not be fetched (${url}${said}).`,
        kept: 'What is stored here is not touched.',
        next: afterStatus(status),
      };
    case 'store':
      return {
        what: `A file of a stored model is missing or was cut (${url}).`,
        kept: STORED,
        next: 'Delete the model on the Models screen and bring it back.',
      };
    default:
      return {
        what: `A file of the app could not be read (${url}${said}).`,
        kept: STORED,
        next: 'Check the connection to the server of this page and try again.',
      };
  }
}

function afterStatus(status: number | null): string {
  switch (status) {
    case 401:
    case 403:
      return 'The server wants a login for it. Fetch it with another program, and choose it here as a file.';
    case 404:
    case 410:
      return 'It is not there any more, or the address is wrong. Choose another model or address.';
    default:
      return 'Check the network and go on: what came so far is kept.';
  }
}
