/** Errors keep their `Failure` across a worker border: comlink alone carries only the name and the text of an error. */
import { expose, type TransferHandler, transferHandlers } from 'comlink';
import { AppError, type Failure } from '../core/errors';

interface Thrown {
  readonly value: unknown;
}
const plain = transferHandlers.get('throw') as TransferHandler<Thrown, object>;
const handler: TransferHandler<Thrown, object> = {
  canHandle: (value): value is Thrown => plain.canHandle(value),
  serialize: (thrown) =>
    thrown.value instanceof AppError ? [{ failure: thrown.value.failure }, []] : plain.serialize(thrown),
  deserialize(data) {
    if ('failure' in data) throw new AppError(data.failure as Failure);
    return plain.deserialize(data);
  },
};

/** To be called on both sides, before the first message: an AppError thrown on one is an AppError on the other. */
export function carryFailures(): void {
  transferHandlers.set('throw', handler);
}

/** The worker side of a `WorkerHandle`: lets the page call the functions of `api`. */
export function serve(api: object): void {
  carryFailures();
  expose(api);
}
