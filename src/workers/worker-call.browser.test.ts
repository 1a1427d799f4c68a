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
/** Starts its worker, however long that takes here. */
const warm = (handle: WorkerHandle<Answering>): Promise<number> =>
  handle.call((remote) => remote.add(1), { ticks: 10_000 });
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
  await expect.poll(() => begun).toHaveBeenCalled();
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
      { signal: controller.signal, stop: { ask: (remote) => remote.stop() } },
    );
    expect(await call).toBe('last answer');
    expect(handle.running).toBe(true);
  });
  it('ends a worker that does not answer it', async () => {
    const handle = start({ tickMs: 10 });
    await warm(handle);
    const controller = new AbortController();
    const call = handle.call((remote, { listener }) => remote.hang(listener(() => controller.abort())), {
      signal: controller.signal,
      stop: { ask: (remote) => remote.stop() },
      ticks: 10_000,
    });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(handle.ended).toBe(true);
  });
});

describe('silence', () => {
  it('ends the worker after the ticks that are borne', async () => {
    const handle = start({ tickMs: 50 });
    await warm(handle);
    const call = handle.call((remote, { listener }) => remote.hang(listener(() => undefined)), { ticks: 4 });
    await expect(call).rejects.toMatchObject({
      failure: { kind: 'worker-silent', worker: 'answering', seconds: 0.2 },
    });
    expect(handle.ended).toBe(true);
  });
  it('is told by the name that the kind of worker has for it', async () => {
    const handle = start({ tickMs: 20, silence: (seconds) => ({ kind: 'engine-timeout', seconds }) });
    await warm(handle);
    const call = handle.call((remote, { listener }) => remote.hang(listener(() => undefined)), { ticks: 4 });
    await expect(call).rejects.toMatchObject({ failure: { kind: 'engine-timeout', seconds: 0.08 } });
  });
  it('begins anew with each message, and is not counted while the page is busy with one', async () => {
    const handle = start({ tickMs: 50 });
    await warm(handle);
    let told = 0;
    const slowly = async (): Promise<void> => {
      told++;
      await new Promise((resolve) => setTimeout(resolve, 800));
    };
    const call = handle.call((remote, { listener }) => remote.tell(3, listener(slowly)), { ticks: 10 });
    expect(await call).toBe('told');
    expect(told).toBe(3);
  });
  it('is noticed in every call: where nothing is said, a minute of it', async () => {
    const handle = start({ tickMs: 10 });
    await warm(handle);
    const call = handle.call((remote, { listener }) => remote.hang(listener(() => undefined)));
    await expect(call).rejects.toMatchObject({ failure: { kind: 'worker-silent', seconds: 0.12 } });
  });
  it('after a stop ends a worker that still talks, unless it has something to put away', async () => {
    const talking = async (renewed: boolean): Promise<string> => {
      const handle = start({ tickMs: 300 });
      await warm(handle);
      const controller = new AbortController();
      let told = 0;
      const call = handle.call(
        (remote, { listener }) =>
          remote.talk(
            10,
            listener(() => {
              if (++told === 1) controller.abort();
            }),
          ),
        { signal: controller.signal, stop: { ask: (remote) => remote.stop(), renewed } },
      );
      return call.then(
        () => 'its own end',
        (error: unknown) => (error as Error).name,
      );
    };
    expect(await talking(false)).toBe('AbortError');
    expect(await talking(true)).toBe('its own end');
  });
  it('ends no call that was over, and what comes after the end of a call is dropped', async () => {
    const handle = start({ tickMs: 1 });
    const controller = new AbortController();
    const listen = vi.fn();
    let late: () => void = () => undefined;
    const call = handle.call(
      (remote, { listener }) => {
        late = listener(listen);
        return remote.hang(listener(() => controller.abort()));
      },
      { signal: controller.signal, ticks: 10_000 },
    );
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    late();
    expect(listen).not.toHaveBeenCalled();
    expect(await handle.call((remote) => remote.add(1), { ticks: 10_000 })).toBe(1);
  });
});
