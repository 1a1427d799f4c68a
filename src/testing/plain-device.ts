import type { DeviceReport } from '../core/models/device-report';

/** A laptop without WebGPU. */
export const PLAIN_DEVICE: DeviceReport = {
  gpu: null,
  webGpu: false,
  memoryBytes: 8 * 1024 ** 3,
  cores: 4,
  threads: 2,
  isolated: true,
  secure: true,
  freeBytes: 20_000_000_000,
  persisted: true,
  canStoreFiles: true,
  canWriteFolders: true,
};
