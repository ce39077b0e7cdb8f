// The program behind the page: requests, and the stream of what happens.
//
// Server-sent events rather than a WebSocket: everything that the page says is a plain request, so
// one direction is enough, and the browser itself reconnects and asks from the last event it saw.

import { N_, gettext } from "./words.js";

export class Refusal extends Error {}

const WORDS = {
  "message text is empty": N_("There is nothing to send."),
  "message is too long": N_("A message holds at most 4096 characters."),
  "message caption is too long": N_("A caption holds at most 1024 characters."),
  "file must be non-empty": N_("That file is empty."),
  IMAGE_PROCESS_FAILED: N_("That is not a picture that can be sent as a photo. Try it as a file."),
  PHOTO_INVALID_DIMENSIONS: N_("That picture is too large or too narrow for a photo. Try it as a file."),
  "too many messages to send as an album": N_("An album holds at most ten files."),
};

async function answer(response) {
  if (response.ok) return response.json();
  const body = await response.json().catch(() => ({}));
  if (response.status === 413) throw new Refusal(gettext("That file is too large to send."));
  const reason = (body.detail ?? gettext("The program answered {status}.", { status: response.status })).replace(/^Bad Request: /, "");
  throw new Refusal(gettext(WORDS[reason] ?? reason));
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(`/chat${path}`, options);
  } catch {
    throw new Refusal(gettext("The program is away. Is it still running?"));
  }
  return answer(response);
}

export const get = (path) => request(path);

export const post = (path, body) =>
  request(path, {
    method: "POST",
    ...(body instanceof FormData
      ? { body }
      : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });

const KINDS = ["message", "deleted", "action", "answer", "commands", "profile", "seen"];

/** Follow everything after event `since`; `on.event(kind, content)`, `on.hello({boot, complete})`, `on.lost()`. */
export function follow(since, on) {
  const source = new EventSource(`/chat/events?since=${since}`);
  source.addEventListener("hello", (event) => on.hello(JSON.parse(event.data)));
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => on.event(kind, JSON.parse(event.data)));
  }
  source.onerror = () => {
    on.lost();
    // A browser gives up for good when the answer is no stream at all.
    if (source.readyState === EventSource.CLOSED) setTimeout(on.again, 2000);
  };
  return source;
}

export const fileUrl = (fileId) => `/chat/files/${encodeURIComponent(fileId)}`;
