import type { Remote } from 'comlink';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../core/errors';
import type { AnsweringWorkerApi } from '../testing/answering.worker';
import { WorkerHandle, withWorker } from './worker-call';

type Answering = Remote<AnsweringWorkerApi>;
const workers: Worker[] = [];
const spawn = (): Worker => {
  const worker = new Worker(new URL('../testing/answering.worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  return worker;
};
const handles: WorkerHandle<Answering>[] = [];
function start(options: ConstructorParameters<typeof WorkerHandle<Answering>>[2] = {}) {
  const handle = new WorkerHandle<Answering>('answering', spawn, options);
  handles.push(handle);
  return handle;
}
/** Ends the newest worker as a crash does: it is gone, and the page hears of an error. */
function crash(message = 'out of memory'): void {
  const worker = workers.at(-1);
  worker?.terminate();
  worker?.dispatchEvent(new ErrorEvent('error', { message }));
}
/** A call that never ends by itself, once it has begun. */
async function hanging(handle: WorkerHandle<Answering>, signal?: AbortSignal): Promise<[Promise<unknown>]> {
  const begun = vi.fn();
  const call = handle.call((remote, { listener }) => remote.hang(listener(begun)), signal ? { signal } : {});
  call.catch(() => undefined);
  await vi.waitFor(() => expect(begun).toHaveBeenCalled());
  return [call];
}
afterEach(() => {
  for (const handle of handles.splice(0)) handle.terminate();
  workers.length = 0;
});

describe('a worker', () => {
  it('starts with the first call and keeps what it knows', async () => {
    const handle = start();
    expect([handle.running, workers.length]).toEqual([false, 0]);
    expect(await handle.call((remote) => remote.add(2))).toBe(2);
    expect(await handle.call((remote) => remote.add(3))).toBe(5);
    expect([handle.running, workers.length]).toEqual([true, 1]);
  });
  it('that dies rejects all calls in flight, with its name and the reason', async () => {
    const handle = start();
    const [first] = await hanging(handle);
    const [second] = await hanging(handle);
    crash();
    const failure = { kind: 'worker-crashed', worker: 'answering', detail: 'out of memory' };
    await expect(first).rejects.toMatchObject({ failure });
    await expect(second).rejects.toMatchObject({ failure });
    expect(handle.ended).toBe(true);
  });
  it('that died between two calls is replaced by a new one, which is prepared first', async () => {
    const handle = start({ prepare: (remote) => remote.add(10) });
    expect(await handle.call((remote) => remote.add(1))).toBe(11);
    expect(await handle.call((remote) => remote.add(1))).toBe(12);
    crash();
    expect(handle.running).toBe(false);
    expect(await handle.call((remote) => remote.add(1))).toBe(11);
    expect([handle.ended, workers.length]).toEqual([false, 2]);
  });
  it('is not replaced where there is only one', async () => {
    const handle = start({ once: true });
    await handle.call((remote) => remote.add(1));
    crash();
    await expect(handle.call((remote) => remote.add(1))).rejects.toMatchObject({
      failure: { kind: 'worker-crashed' },
    });
    expect(workers).toHaveLength(1);
  });
  it('that is terminated rejects the calls in flight with the given failure', async () => {
    const handle = start();
    const [call] = await hanging(handle);
    handle.terminate({ kind: 'device-lost', detail: 'gone' });
    await expect(call).rejects.toMatchObject({ failure: { kind: 'device-lost' } });
    expect(await handle.call((remote) => remote.add(1))).toBe(1);
  });
  it('of one piece of work ends with it', async () => {
    const handle = start();
    expect(await withWorker(handle, (worker) => worker.call((remote) => remote.add(4)))).toBe(4);
    expect(handle.ended).toBe(true);
  });
});

describe('the code of a worker', () => {
  it('throws failures and AbortError across the border, and works on', async () => {
    const handle = start();
    const error: unknown = await handle.call((remote) => remote.fail()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ failure: { kind: 'bad-file', detail: 'Line 3 is wrong.' } });
    await expect(handle.call((remote) => remote.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(await handle.call((remote) => remote.add(1))).toBe(1);
    expect(workers).toHaveLength(1);
  });
  it('that throws anything else ends the worker: its state is unknown', async () => {
    const handle = start();
    const [other] = await hanging(handle);
    const failure = {
      kind: 'unexpected',
      name: 'TypeError',
      message: 'x is undefined',
      stack: expect.stringContaining('answering.worker') as string,
    };
    await expect(handle.call((remote) => remote.bug())).rejects.toMatchObject({ failure });
    await expect(other).rejects.toMatchObject({ failure });
    expect(await handle.call((remote) => remote.add(1))).toBe(1);
    expect(workers).toHaveLength(2);
  });
});

describe('an abort', () => {
  it('rejects the call at once and leaves the worker to others', async () => {
    const handle = start();
    const controller = new AbortController();
    const [call] = await hanging(handle, controller.signal);
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect(handle.call((remote) => remote.add(1), { signal: controller.signal })).rejects.toMatchObject(
      { name: 'AbortError' },
    );
    expect(await handle.call((remote) => remote.add(1))).toBe(1);
    expect(workers).toHaveLength(1);
  });
  it('asks a worker that can stop, and takes its last answer', async () => {
    const handle = start();
    const controller = new AbortController();
    const call = handle.call(
      (remote, { listener }) => remote.waitForStop(listener(() => controller.abort())),
      { signal: controller.signal, stop: { ask: (remote) => remote.stop(), ticks: 6 } },
    );
    expect(await call).toBe('last answer');
    expect(handle.running).toBe(true);
  });
  it('ends a worker that does not answer it', async () => {
    const handle = start({ tickMs: 10 });
    const controller = new AbortController();
    const call = handle.call((remote, { listener }) => remote.hang(listener(() => controller.abort())), {
      signal: controller.signal,
      stop: { ask: (remote) => remote.stop(), ticks: 2 },
    });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(handle.ended).toBe(true);
  });
});

describe('silence', () => {
  it('ends the worker after the ticks that are borne', async () => {
    const handle = start({ tickMs: 50 });
    await handle.call((remote) => remote.add(1));
    const call = handle.call((remote, { listener }) => remote.hang(listener(() => undefined)), { ticks: 4 });
    await expect(call).rejects.toMatchObject({ failure: { kind: 'engine-timeout', seconds: 0.2 } });
    expect(handle.ended).toBe(true);
  });
  it('is not noticed in a call without a limit, and what comes after the end of a call is dropped', async () => {
    const handle = start({ tickMs: 1 });
    const controller = new AbortController();
    const listen = vi.fn();
    let late: () => void = () => undefined;
    const call = handle.call(
      (remote, { listener }) => {
        late = listener(listen);
        return remote.hang(listener(() => setTimeout(() => controller.abort(), 50)));
      },
      { signal: controller.signal },
    );
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    late();
    expect(listen).not.toHaveBeenCalled();
  });
});
