/** Server data of unfinished downloads, stored with the settings, so that they can resume after a reload. */
import type { SettingStore } from '../core/ports';
import type { DownloadNote, DownloadNotes } from './download';

/** Notes of downloads in the store of settings, by address. */
export const downloadNotes = (settings: SettingStore): DownloadNotes => ({
  get: (url) => settings.setting<DownloadNote>(`download:${url}`),
  set: (url, note) => settings.saveSetting(`download:${url}`, note),
  delete: (url) => settings.saveSetting(`download:${url}`, undefined),
});
