// Calls of the service in the person's name, and what can come of one.

import { announce } from "./elements.js";
import { fetchWhenOnline } from "./connection.js";
import { counted } from "./figures.js";
import * as session from "./session.js";

const TRIES_WHEN_BUSY = 4;

// The service refused, and said why (RFC 9457).
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.title);
    this.status = status;
    this.problem = problem;
  }

  // What was wrong, as sentences.
  sentences() {
    const { detail, errors = [] } = this.problem;
    const places = errors.map(({ parameter, pointer, message, allowed }) => {
      const place = parameter ?? pointer ?? "";
      const right = Array.isArray(allowed) && allowed.length < 20 ? ` (${allowed.join(", ")})` : "";
      return `${place.replace(/^\/?query\//, "").replace(/^\//, "")}: ${message}${right}`;
    });
    return [detail, ...places].filter(Boolean);
  }
}

// Nobody is signed in any more.
export class SessionEnded extends Error {}

export async function json(path, query = {}, signal = undefined) {
  return (await answered(path, query, "application/json", signal)).json();
}

// A page of a list, and where the next one is.
export async function page(path, query = {}, signal = undefined) {
  const answer = await answered(path, query, "application/json", signal);
  const next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get("Link") ?? "")?.[1] ?? null;
  return { ...(await answer.json()), next };
}

export async function file(path, query, mediaType, signal = undefined) {
  return (await answered(path, query, mediaType, signal)).blob();
}

async function answered(path, query, mediaType, signal) {
  const target = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") target.searchParams.set(name, value);
  }
  for (let tried = 1; ; tried += 1) {
    const headers = { Accept: mediaType, Authorization: `Bearer ${session.token()}` };
    const answer = await fetchWhenOnline(target, { headers, signal });
    if (answer.ok) return answer;
    if (answer.status === 401) throw new SessionEnded();
    const pause = Number(answer.headers.get("Retry-After"));
    if (![429, 503].includes(answer.status) || !pause || tried === TRIES_WHEN_BUSY) {
      throw new Refused(answer.status, await problemOf(answer));
    }
    announce(`The service is busy; asking again in ${counted(pause, "second")}.`);
    await passing(Math.min(pause, 30), signal);
  }
}

async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return { title: "The service did not answer as it should", detail: `Status ${answer.status}.` };
  }
}

function passing(seconds, signal) {
  return new Promise((go, stop) => {
    const timer = setTimeout(go, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      stop(signal.reason);
    });
  });
}
