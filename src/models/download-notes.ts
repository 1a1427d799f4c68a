/** What servers said of downloads that were begun, kept with the settings, so that a reload goes on with them. */
import type { SettingStore } from '../core/ports';
import type { DownloadNote, DownloadNotes } from './download';

/** Notes of downloads in the store of settings, by address. */
export const downloadNotes = (settings: SettingStore): DownloadNotes => ({
  get: (url) => settings.setting<DownloadNote>(`download:${url}`),
  set: (url, note) => settings.saveSetting(`download:${url}`, note),
  delete: (url) => settings.saveSetting(`download:${url}`, undefined),
});
