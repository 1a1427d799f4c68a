/**
 * Everything that can go wrong, as plain data that crosses worker borders; screens have the words for it. Code at the
 * borders (database, files, network, workers, engines) turns faults into one of these; anything else that is thrown is a
 * fault of the program, `unexpected`.
 */
export type Failure =
  | { readonly kind: 'engine-load-failed'; readonly model: string; readonly detail: string }
  | { readonly kind: 'load-crashes'; readonly model: string }
  | { readonly kind: 'engine-failed'; readonly detail: string }
  | { readonly kind: 'engine-timeout'; readonly seconds: number }
  | { readonly kind: 'prompt-too-long'; readonly detail: string }
  | { readonly kind: 'nothing-usable'; readonly requests: number }
  | { readonly kind: 'self-test-failed'; readonly expected: string; readonly got: string }
  | {
      readonly kind: 'model-file-missing';
      readonly url: string;
      readonly status: number | null;
      /** Absent: a file of the app itself. */
      readonly from?: 'network' | 'store';
    }
  | { readonly kind: 'model-not-here'; readonly model: string }
  // It is an adapter, and what it belongs on is not stored.
  | { readonly kind: 'base-not-here'; readonly model: string; readonly base: string }
  | { readonly kind: 'model-changed'; readonly model: string }
  | { readonly kind: 'model-damaged'; readonly model: string; readonly files: readonly string[] }
  | { readonly kind: 'webassembly-missing' }
  | { readonly kind: 'storage-full'; readonly detail: string }
  | { readonly kind: 'storage-unavailable'; readonly detail: string }
  | { readonly kind: 'storage-too-new'; readonly stored: number; readonly known: number }
  // A database of that name holds something else.
  | { readonly kind: 'storage-foreign' }
  | { readonly kind: 'storage-denied' }
  | {
      readonly kind: 'storage-lost';
      /** `older`: it went back to a state before that of the newest snapshot; `unreadable`: rows differ or cannot be read. */
      readonly cause: 'cleared' | 'damaged' | 'older' | 'unreadable';
      /** What the browser says; may be empty. */
      readonly detail: string;
    }
  | { readonly kind: 'run-open-elsewhere'; readonly runId: string }
  | { readonly kind: 'run-taken-over'; readonly runId: string }
  | { readonly kind: 'run-gone'; readonly runId: string; readonly during: 'run' | 'import' | 'change' }
  | { readonly kind: 'training-open-elsewhere'; readonly trainingId: string }
  | { readonly kind: 'evaluation-open-elsewhere'; readonly evaluationId: string }
  | { readonly kind: 'plan-open-elsewhere'; readonly planId: string }
  | { readonly kind: 'record-gone'; readonly record: GoneRecord; readonly id: string }
  | { readonly kind: 'training-data-changed'; readonly detail: string }
  | { readonly kind: 'no-examples'; readonly data: string }
  | { readonly kind: 'bad-file'; readonly detail: string }
  | { readonly kind: 'folder-not-written'; readonly detail: string }
  // More than a recording may hold.
  | { readonly kind: 'recording-too-large' }
  // More than a hand-in may hold.
  | { readonly kind: 'hand-in-too-large' }
  // A recording was asked for more than it holds.
  | { readonly kind: 'not-recorded' }
  | { readonly kind: 'device-lost'; readonly detail: string }
  | { readonly kind: 'out-of-memory'; readonly detail: string }
  | { readonly kind: 'training-failed'; readonly step: number; readonly detail: string }
  | {
      readonly kind: 'server-failed';
      readonly url: string;
      readonly status: number | null;
      readonly problem: ServerProblem;
      readonly detail: string;
    }
  | { readonly kind: 'worker-crashed'; readonly worker: string; readonly detail: string }
  | { readonly kind: 'worker-silent'; readonly worker: string; readonly seconds: number }
  | {
      readonly kind: 'unexpected';
      readonly name: string;
      readonly message: string;
      /** Empty where the thrown value has none. */
      readonly stack: string;
    };

/** What another tab deleted, or the browser with all other data of the app. */
export type GoneRecord = 'finetuning' | 'evaluation' | 'evaluated-model' | 'seed-set' | 'model' | 'plan';

/** What is wrong with a server, as far as a page can tell. */
export type ServerProblem =
  | 'unreachable' // it is off, or does not allow this page: browsers do not say which
  | 'mixed-content' // an http server from an https page
  | 'key' // it wants a key, or another one
  | 'not-found' // the address or the model is not known there
  | 'busy' // too many requests, also after waiting
  | 'refused' // it does not accept the request
  | 'broken'; // its answers break off or have no known form

/** An error that carries its `Failure`; everything thrown on purpose is one of these. */
export class AppError extends Error {
  override readonly name = 'AppError';
  constructor(
    readonly failure: Failure,
    options?: { cause?: unknown },
  ) {
    super(failure.kind, options);
  }
}

/** Longer messages are cut: one may quote a whole file, and failures are stored and shown. */
const MAX_MESSAGE = 1_000;
const MAX_STACK = 4_000;

/** The `Failure` of any thrown value: what an `AppError` carries, `unexpected` for everything else. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return error.failure;
  const {
    name,
    message,
    stack = '',
  } = error instanceof Error ? error : { name: typeof error, message: String(error) };
  return {
    kind: 'unexpected',
    name: name.slice(0, MAX_MESSAGE),
    message: message.slice(0, MAX_MESSAGE),
    stack: stack.slice(0, MAX_STACK),
  };
}

/** Whether code is at fault and not what it was given: never reported as a failure of the model, the storage or a file. */
export const isCodeFault = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError;

/** Whether this is how stopped work ends: a DOMException of that name, or what a worker made of one. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
