/** What is wrong with a model server, in plain words, and what to do about it. */
import type { Failure } from '../core/errors';

type ServerFailure = Extract<Failure, { readonly kind: 'server-failed' }>;

export function serverWords(failure: ServerFailure): { readonly what: string; readonly next: string } {
  const { url, problem } = failure;
  const { host, hostname } = new URL(url);
  const reply = failure.detail === '' ? '' : ` It replied: ${failure.detail}`;
  switch (problem) {
    case 'unreachable':
      return {
        what: `This page cannot read a response from ${host}. The server is off, redirects to another address, or does not allow this page (CORS). Browsers do not say which.`,
        next: 'Start the server and make it allow this page: OLLAMA_ORIGINS for Ollama, --cors-origins for llama.cpp, --allowed-origins for vLLM, the CORS switch in LM Studio. The browser may also ask you whether this page may access your local network. Then resume.',
      };
    case 'mixed-content':
      return {
        what: `This page was loaded over https, so the browser does not let it reach ${host} over http.`,
        next: 'Give the server an https address, or run this app on your own computer over http (npm start). A server on this computer can be reached as localhost.',
      };
    case 'key':
      return {
        what: `${host} does not accept the API key (status ${failure.status}).${reply}`,
        next: 'Enter the key on the Models screen and resume. Keys are kept only in memory, so you enter them again after each reload.',
      };
    case 'not-found':
      return {
        what: `${host} does not know this address or this model (status ${failure.status ?? 'none'}).${reply}`,
        next: `Check that the address is that of the API (usually ending in /v1; now ${url}) and that the server has the model under this name${hostname === 'localhost' ? ' (Ollama: ollama list)' : ''}.`,
      };
    case 'busy':
      return {
        what: `${host} is still too busy after several attempts (status ${failure.status}).${reply}`,
        next: 'Wait and resume, or lower the number of parallel requests on the Models screen.',
      };
    case 'refused':
      return {
        what: `${host} rejected the request (status ${failure.status}).${reply}`,
        next: 'Check the model and its prompt style: base models complete text, chat models answer messages. Then resume.',
      };
    case 'broken':
      return {
        what: `The responses of ${host} break off or cannot be read.${reply}`,
        next: 'Check the server, then resume to repeat the same request.',
      };
  }
}
