/** What is wrong with a server, in plain words, and what to do about it there. */
import type { Failure } from '../core/errors';

type ServerFailure = Extract<Failure, { readonly kind: 'server-failed' }>;

export function serverWords(failure: ServerFailure): { readonly what: string; readonly next: string } {
  const { url, problem } = failure;
  const { host, hostname } = new URL(url);
  const said = failure.detail === '' ? '' : ` It says: ${failure.detail}`;
  switch (problem) {
    case 'unreachable':
      return {
        what: `There is no answer from ${host} that this page may read. It is off, sends on to another address, or does not allow this page (CORS). Browsers do not say which.`,
        next: `Start the server and let it allow this page: OLLAMA_ORIGINS for Ollama, --cors-origins for llama.cpp, --allowed-origins for vLLM, the CORS switch in LM Studio. A browser may also ask you whether this page may reach your local network. Then resume.`,
      };
    case 'mixed-content':
      return {
        what: `This page came by https, and browsers forbid it to ask ${host} by http.`,
        next: 'Give the server an https address, or open this app by http from your own computer (npm start). A server on this computer can be named localhost.',
      };
    case 'key':
      return {
        what: `${host} does not accept the key (status ${failure.status}).${said}`,
        next: 'Enter the key on the Models screen and resume. Keys are kept in memory only, so they are asked for after each reload.',
      };
    case 'not-found':
      return {
        what: `${host} does not know this address or this model (status ${failure.status ?? 'none'}).${said}`,
        next: `Check that the address is that of the interface, mostly ending in /v1 (now ${url}), and that the model is loaded there under this name${hostname === 'localhost' ? ' (Ollama: ollama list)' : ''}.`,
      };
    case 'busy':
      return {
        what: `${host} has too much to do, also after waiting (status ${failure.status}).${said}`,
        next: 'Wait and resume, or lower the number of requests in flight on the Models screen.',
      };
    case 'refused':
      return {
        what: `${host} refuses the request (status ${failure.status}).${said}`,
        next: 'Check model and style: base models take completions, chat models answer turns. Then resume.',
      };
    case 'broken':
      return {
        what: `The answers of ${host} break off or cannot be read.${said}`,
        next: 'Look at the server, then resume: it goes on at the same request.',
      };
  }
}
