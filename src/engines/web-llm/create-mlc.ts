/** The only file that loads the library, 6 MB of it: nothing but a worker may import it. */
import { type AppConfig, type InitProgressCallback, MLCEngine } from '@mlc-ai/web-llm';
import type { MlcEngine } from './web-llm-engine';

/** The library's engine, without a model. */
export const createMlc = (appConfig: AppConfig, initProgressCallback: InitProgressCallback): MlcEngine =>
  new MLCEngine({ appConfig, initProgressCallback, logLevel: 'ERROR' });
