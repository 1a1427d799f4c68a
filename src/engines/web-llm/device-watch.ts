/**
 * Notices when a GPU device of this worker is lost. web-llm 0.2.86 only writes it to the console, and a request in flight
 * may wait for ever. So the creation of devices is intercepted, and their `lost` promises are watched.
 */
import { AppError } from '../../core/errors';
import { WORDS } from '../words';

/** Tells when the GPU device of this worker is lost. */
export interface DeviceWatch {
  /** Rejects with device-lost or out-of-memory; never resolves. */
  readonly lost: Promise<never>;
  /** Of the newest adapter that was asked for a device; empty before. */
  name(): string;
}

/** @param adapterClass `GPUAdapter` of this realm; without it there is nothing to watch. */
export function watchDevices(adapterClass: { readonly prototype: GPUAdapter } | undefined): DeviceWatch {
  let reject!: (error: AppError) => void;
  const lost = new Promise<never>((_, fail) => (reject = fail));
  lost.catch(() => undefined);
  let name = '';
  if (adapterClass) {
    const { prototype } = adapterClass;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its adapter below
    const original = prototype.requestDevice;
    prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
      name = adapterName(this.info);
      const device = await original.call(this, descriptor);
      void device.lost.then(({ reason, message }) => {
        // The library destroys the device when a buffer cannot be made; nothing else here does.
        const kind = reason === 'destroyed' ? 'out-of-memory' : 'device-lost';
        const detail =
          message || (reason === 'destroyed' ? WORDS.webLlm.bufferFailed : WORDS.webLlm.noReason);
        reject(new AppError({ kind, detail }));
      });
      return device;
    };
  }
  return { lost, name: () => name };
}

/** `nvidia ampere`, or what the browser tells. */
function adapterName({ vendor, architecture, description }: GPUAdapterInfo): string {
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed';
}
