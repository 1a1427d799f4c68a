/** Server data of unfinished downloads, stored with the settings, so that they can resume after a reload. */
import type { SettingStore } from '../core/ports';
import type { DownloadNote, DownloadNotes } from './download';
import { plainAddress } from '../storage/plain-address';

/** Without secrets in the address. */
const key = (url: string): string => `download:${plainAddress(url)}`;

/** Notes of downloads in the store of settings, by address. */
export const downloadNotes = (settings: SettingStore): DownloadNotes => ({
  get: (url) => settings.setting<DownloadNote>(key(url)),
  set: (url, note) => settings.saveSetting(key(url), note),
  delete: (url) => settings.saveSetting(key(url), undefined),
});
