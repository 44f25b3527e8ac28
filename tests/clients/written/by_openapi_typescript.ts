// A centre's client on the types of openapi-typescript: the compiler holds every address, parameter,
// body and answer below to the published contract.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { env: Record<string, string | undefined> };

const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: given("ORIGIN") });

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

function did(step: string, what: string): void {
  console.log(JSON.stringify({ step, what }));
}

function hold(claim: boolean, said: string): asserts claim {
  if (!claim) throw new Error(said);
}

function got<Answer>(answer: { data?: Answer; error?: unknown; response: Response }): Answer {
  hold(answer.data !== undefined, `${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const newKey = () => ({ "Idempotency-Key": crypto.randomUUID() });

async function signIn(): Promise<void> {
  const body = {
    grant_type: "client_credentials" as const,
    client_id: given("CLIENT_ID"),
    client_secret: given("CLIENT_SECRET"),
  };
  const token = got(
    await client.POST("/oauth/token", {
      body,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      bodySerializer: (form) => new URLSearchParams({ ...form }),
    }),
  );
  client.use({
    onRequest: ({ request }) => {
      request.headers.set("Authorization", `${token.token_type} ${token.access_token}`);
    },
  });
  did("sign in", `${token.token_type} token for ${token.expires_in} s`);
}

async function enrol(): Promise<string> {
  const body: components["schemas"]["SubjectIn"] = {
    centre: given("CENTRE"),
    sex: "F",
    year_of_birth: 1961,
    consent: { version: "3.1", signed_on: "2026-02-10" },
    enrolled_on: "2026-02-16",
    heavy_chain: "IgG",
    light_chain: "kappa",
    prior_lines: 3,
  };
  const stored = got(await client.POST("/v1/subjects", { params: { header: newKey() }, body }));
  did("enrol", `subject ${stored.subject}`);
  return stored.subject;
}

async function infuse(subject: string): Promise<void> {
  const stored = got(
    await client.POST("/v1/subjects/{subject}/infusions", {
      params: { path: { subject }, header: newKey() },
      body: { infused_at: "2026-03-02T09:40+08:00" },
    }),
  );
  did("infuse", `${stored.infusion_kind} infusion, version ${stored.version}`);
}

const event: components["schemas"]["AdverseEventIn"] = {
  term: "Cytokine release syndrome",
  grade: 2,
  onset: "2026-03-05T19:40+08:00",
  serious: false,
};

async function submitEvent(subject: string): Promise<{ record_id: string; etag: string }> {
  const answer = await client.POST("/v1/subjects/{subject}/adverse-events", {
    params: { path: { subject }, header: newKey() },
    body: event,
  });
  const { record_id, grade, visit } = got(answer);
  const etag = answer.response.headers.get("ETag");
  hold(etag !== null, "a stored event has no ETag");
  did("event", `grade ${grade} at ${visit}, ETag ${etag}`);
  return { record_id, etag };
}

const platelets = ["212", "96.0", "18", "9", "31", "74", "150"];

async function submitResults(subject: string): Promise<void> {
  for (const [day, value] of platelets.entries()) {
    const stored = got(
      await client.POST("/v1/subjects/{subject}/lab-results", {
        params: { path: { subject }, header: newKey() },
        body: { analyte: "PLT", value, unit: "10*9/L", collected_at: `2026-03-${10 + day}` },
      }),
    );
    hold(stored.value === value, `sent ${value}, stored ${stored.value}`);
  }
  did("laboratory", `${platelets.length} results, digits as sent`);
}

async function listToTheEnd(subject: string): Promise<void> {
  const values: unknown[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const answer = await client.GET("/v1/subjects/{subject}/lab-results", {
      params: { path: { subject }, query: { limit: 3, ...(cursor && { cursor }) } },
    });
    values.push(...got(answer).items.map((item) => item.value));
    pages += 1;
    const next = /<([^>]+)>; *rel="next"/.exec(answer.response.headers.get("Link") ?? "");
    cursor = next?.[1] && (new URL(next[1], given("ORIGIN")).searchParams.get("cursor") ?? undefined);
  } while (cursor);
  hold([...values].sort().join() === [...platelets].sort().join(), `listed ${values.join()}`);
  did("list", `${values.length} results on ${pages} pages`);
}

async function amend(subject: string, record_id: string, etag: string): Promise<void> {
  const body = { ...event, grade: 3 as const, reason: "Vasopressor given; grade read again." };
  const path = { subject, record_id };
  const stored = got(
    await client.PUT("/v1/subjects/{subject}/adverse-events/{record_id}", {
      params: { path, header: { "If-Match": etag } },
      body,
    }),
  );
  const history = got(
    await client.GET("/v1/subjects/{subject}/adverse-events/{record_id}/history", {
      params: { path },
    }),
  );
  const grades = history.items.map((item) => item.grade);
  did("amend", `version ${stored.version}, grades ${grades.join(", ")}`);

  const stale = await client.PUT("/v1/subjects/{subject}/adverse-events/{record_id}", {
    params: { path, header: { "If-Match": etag } },
    body,
  });
  const problem: components["schemas"]["ProblemDocument"] | undefined = stale.error;
  hold(problem?.status === 412, `a stale change was answered with ${stale.response.status}`);
  did("stale change", `${problem.status} ${problem.type}`);
}

async function beRefused(subject: string): Promise<void> {
  const { error: problem } = await client.POST("/v1/subjects/{subject}/adverse-events", {
    params: { path: { subject }, header: newKey() },
    body: { term: "Cytokine storm", grade: 2, onset: "2026-03-05", serious: false },
  });
  hold(problem?.status === 422, "an unknown term was not refused");
  const places = (problem.errors ?? []).map((error) => `${error.pointer} ${error.code}`);
  did("refusal", `${problem.status} ${problem.type}: ${places.join(", ")}`);
}

async function readEndpoint(): Promise<void> {
  const report = got(await client.GET("/v1/endpoints/overall-survival"));
  did("endpoint", `overall survival of ${report.n}, data cut ${report.as_of}`);
}

async function importLines(subject: string): Promise<void> {
  const line = { kind: "lab-results", subject, analyte: "PLT", unit: "10*9/L" };
  const lines = [
    { ...line, source_id: "LIS:1", value: "160", collected_at: "2026-03-20" },
    { ...line, source_id: "LIS:2", value: "171", collected_at: "2026-03-27" },
  ];
  const { data, response } = await client.POST("/v1/imports", {
    body: lines.map((one) => `${JSON.stringify(one)}\n`).join(""),
    headers: { "Content-Type": "application/x-ndjson" },
    bodySerializer: (body) => body,
    parseAs: "text",
  });
  hold(response.status === 200 && typeof data === "string", `import: ${response.status}`);
  const results = data.trim().split("\n");
  const last = JSON.parse(results.at(-1) ?? "{}") as { summary?: { created: number } };
  hold(last.summary?.created === lines.length, data);
  did("import", `${results.length - 1} lines, ${JSON.stringify(last)}`);
}

async function main(): Promise<void> {
  await signIn();
  const subject = await enrol();
  await infuse(subject);
  const { record_id, etag } = await submitEvent(subject);
  await submitResults(subject);
  await listToTheEnd(subject);
  await amend(subject, record_id, etag);
  await beRefused(subject);
  await readEndpoint();
  await importLines(subject);
}

void main();
