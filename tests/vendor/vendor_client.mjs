// Calls operations through the vendor's client: one JSON request a line on standard input, one JSON response a line on
// standard output. Arguments: the folder of the package, the base URL, the token.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, basePath, accessToken] = process.argv.slice(2);
const client = await import(pathToFileURL(`${folder}/src/index.js`));

let received = null;
async function fetchApi(url, init) {
  const response = await fetch(url, { ...init, redirect: "manual" });
  const text = await response.clone().text();
  received = { status: response.status, headers: Object.fromEntries(response.headers), text };
  return response;
}

// Some operations of the client send no token of their own, although the server wants it.
const headers = { Authorization: `Bearer ${accessToken}` };
const configuration = new client.Configuration({ basePath, accessToken, headers, fetchApi });
const methods = new Map();
for (const Api of Object.values(client)) {
  for (const name of Object.getOwnPropertyNames(Api.prototype ?? {})) {
    if (name.endsWith("Raw")) methods.set(name.slice(0, -3), new Api(configuration));
  }
}

// The client wants dates as objects.
function withDates(value) {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return new Date(value);
  if (Array.isArray(value)) return value.map(withDates);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withDates(part)]));
}

// The client names its arguments as it likes; its code says which of them becomes which part of the request.
function argumentsOf(code, { path, query, headers, body }) {
  const found = {};
  for (const [, name, argument] of code.matchAll(/\$\{"(\w+)"\}\}`, .*?requestParameters\.(\w+)/g)) found[argument] = path[name];
  for (const [, name, argument] of code.matchAll(/queryParameters\['([^']+)'\] = .*?requestParameters\.(\w+)/g)) {
    if (name in query) found[argument] = query[name];
  }
  for (const [, name, argument] of code.matchAll(/headerParameters\['([^']+)'\] = .*?requestParameters\.(\w+)/g)) {
    found[argument] = headers[name];
  }
  const bodyArgument = code.match(/body: [^;\n]*?requestParameters\.(\w+)/)?.[1];
  if (bodyArgument && body !== null) found[bodyArgument] = withDates(body);
  return found;
}

async function call(request) {
  const api = methods.get(request.operation);
  if (api === undefined) return { absent: true };
  received = null;
  try {
    const method = api[`${request.operation}Raw`];
    const response = await method.call(api, argumentsOf(method.toString(), request));
    await response.value();
    return received;
  } catch (problem) {
    return problem instanceof Response ? received : { ...received, error: String(problem) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await call(JSON.parse(line)))}\n`);
}
