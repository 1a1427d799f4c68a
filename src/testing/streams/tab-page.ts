/** A tab of a stream: a document of its own, in which operations are done. */
import { type Operation, type Result, Tab } from './operations';

export interface TabWindow extends Window {
  perform?: (operation: Operation) => Promise<Result>;
}
const tab = new Tab();
(window as TabWindow).perform = (operation) => tab.perform(operation);
window.dispatchEvent(new Event('ready'));
